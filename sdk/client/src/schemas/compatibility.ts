import type { Format, Incompatibility, SchemaSource } from '../codecs/codec.ts';

/** Confluent's words. *Transitive*: with every version, not with the latest only. */
export const COMPATIBILITY_MODES = [
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
] as const;
export type CompatibilityMode = (typeof COMPATIBILITY_MODES)[number];

export interface Problem extends Incompatibility {
  /** The version that the new schema does not get on with. */
  readonly version: number;
  /** backward: the new schema cannot read that version; forward: that version cannot read the new one. */
  readonly direction: 'backward' | 'forward';
}

export interface Verdict {
  readonly subject: string;
  readonly mode: CompatibilityMode;
  readonly isCompatible: boolean;
  readonly problems: readonly Problem[];
}

export interface Version {
  readonly version: number;
  readonly format: Format;
  readonly source: SchemaSource;
}

/** What keeps `next` from following `versions` (oldest first) under `mode`. */
export function problemsOf(
  mode: CompatibilityMode,
  next: Omit<Version, 'version'>,
  versions: readonly Version[],
): Problem[] {
  if (mode === 'NONE') return [];
  const asked = mode.endsWith('_TRANSITIVE') ? versions : versions.slice(-1);
  const isBackward = /^(BACKWARD|FULL)/.test(mode);
  const isForward = /^(FORWARD|FULL)/.test(mode);
  return asked.flatMap((old) => [
    ...(isBackward ? directed('backward', old, next) : []),
    ...(isForward ? directed('forward', old, next) : []),
  ]);
}

function directed(
  direction: Problem['direction'],
  old: Version,
  next: Omit<Version, 'version'>,
): Problem[] {
  const { version } = old;
  if (old.format.name !== next.format.name) {
    const message = `version ${version} is ${old.format.name}, the new one ${next.format.name}`;
    return [{ rule: 'format', path: '', message, version, direction }];
  }
  const [reader, writer] =
    direction === 'backward' ? [next.source, old.source] : [old.source, next.source];
  return next.format
    .incompatibilities(reader, writer)
    .map((problem) => ({ ...problem, version, direction }));
}

/** `Order.total: int written, string read (rule type, backward with version 3)` */
export function problemText({ path, message, rule, direction, version }: Problem): string {
  return `${path ? `${path}: ` : ''}${message} (rule ${rule}, ${direction} with version ${version})`;
}
