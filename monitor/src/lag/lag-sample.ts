/** What a consumer's leader and its stream's leader said at one moment. */
export interface LagSample {
  /** Unix ms, server's clock. */
  timeMs: number;
  backlog: number;
  inFlight: number;
  redelivered: number;
  waiting: number;
  deliveredStreamSeq: number;
  /** Deliveries so far, redeliveries included. */
  deliveredConsumerSeq: number;
  ackFloorStreamSeq: number;
  /** Of the stream; 0 when its leader was not heard. */
  firstSeq: number;
  lastSeq: number;
}

/** What of a consumer does not change from sample to sample. */
export interface ConsumerTraits {
  mode: 'pull' | 'push';
  /** False where nothing is acked: the floor follows what is delivered. */
  isAcked: boolean;
  isPaused: boolean;
  isFiltered: boolean;
  /** -1 for no limit. */
  maxAckPending: number;
}

export interface WindowLimits {
  /** What a verdict must have seen. */
  spanMs: number;
  minSamples: number;
}

/** Messages that are not done. */
export const openOf = ({ backlog, inFlight }: LagSample): number => backlog + inFlight;
