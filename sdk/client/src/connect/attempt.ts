/** One dial. */
export interface Attempt {
  /** 1 for the first of an outage. */
  readonly attempt: number;
  /** Host and port. */
  readonly server: string;
  /** How long the strategy waited before this dial. */
  readonly delayMs: number;
  /** Unix time at which the delay began. */
  readonly atMs: number;
  /** What the server answered. Absent when it was refused, unreachable, silent, or when it worked. */
  error?: string;
}
