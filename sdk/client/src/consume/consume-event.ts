export type ConsumeEvent =
  /** The consumer was missing or could not be read; it is opened again after `delayMs`. */
  | { type: 'restarting'; error: Error; delayMs: number }
  | { type: 'retry'; id: string; attempt: number; delayMs: number; reason: string }
  | { type: 'dead letter'; id: string; attempt: number; reason: string }
  /** It was handled before, and is only acknowledged. */
  | { type: 'duplicate'; id: string };
