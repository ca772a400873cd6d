/** What became of a message at one consumer (docs/message-model.md). */
export const FATES = [
  'processed',
  'delivered',
  'failed',
  'redelivered',
  'terminated',
  'dead-lettered',
  'expired',
  'dropped',
  'unconsumed',
  'in-flight',
  'unknown',
] as const;
export type Fate = (typeof FATES)[number];

/**
 * From worst to best: a message's outcome is the worst fate among its consumers. What nobody can tell
 * (`delivered` to a consumer that reports nothing, `unknown`) does not hide what is known of the others.
 */
const SEVERITY: readonly Fate[] = [
  'dead-lettered',
  'expired',
  'dropped',
  'terminated',
  'failed',
  'unconsumed',
  'redelivered',
  'in-flight',
  'processed',
  'delivered',
  'unknown',
];

/**
 * Fates of a message that its consumer never got, or never could finish, though nobody chose so. `failed`
 * and `terminated` are not among them: there the application had the message and decided.
 */
export const LOST_FATES: readonly Fate[] = ['dead-lettered', 'expired', 'dropped', 'unconsumed'];
export const isLost = (fate: Fate): boolean => LOST_FATES.includes(fate);

/** The fate that decides how a message with several consumers is shown; `unknown` for none. */
export function worstFate(fates: readonly Fate[]): Fate {
  return SEVERITY.find((fate) => fates.includes(fate)) ?? 'unknown';
}
