import type { ConnectionView } from './connections.ts';
import type { ConsumerView } from './consumers.ts';
import type { ServerView } from './servers.ts';
import type { StreamView } from './streams.ts';
import type { UnknownPart } from './unknown-part.ts';

/** What is known of all NATS servers after a sweep. */
export interface ClusterSnapshot {
  /** Unix ns of the end of the sweep, our clock; null before the first. */
  time: string | null;
  servers: readonly ServerView[];
  streams: readonly StreamView[];
  consumers: readonly ConsumerView[];
  /** Open now. */
  connections: readonly ConnectionView[];
  /** Newest first; those that were slow are kept longest. */
  closed: readonly ConnectionView[];
  /** What the lists above may lack. */
  unknown: readonly UnknownPart[];
}

/** Before the first sweep. */
export const EMPTY_CLUSTER: ClusterSnapshot = {
  time: null,
  servers: [],
  streams: [],
  consumers: [],
  connections: [],
  closed: [],
  unknown: [],
};
