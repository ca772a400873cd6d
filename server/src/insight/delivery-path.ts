import type { Fate, Stage } from '@hopline/model';
import type { SpanHead } from '../store/store.ts';

export type Evidence = 'client spans' | 'server events' | 'configuration' | 'advisories';

/** One attempt to hand a message to a consumer. */
export interface AttemptPath {
  number: number;
  handler: SpanHead;
  settlement: SpanHead | undefined;
  stages: Stage[];
}

/** What is known of one message at one consumer. */
export interface DeliveryPath {
  service: string;
  /** '' for core NATS, as is `stream`. */
  consumer: string;
  stream: string;
  queueGroup: string;
  /** In order of number; empty when only servers or advisories told of the delivery. */
  attempts: AttemptPath[];
  /** How often it was delivered, as far as anybody told. */
  attemptCount: number;
  fate: Fate;
  fateEvidence: string;
  evidence: Evidence[];
}
