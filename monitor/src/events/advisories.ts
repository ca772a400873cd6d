import type { AdvisoryRow } from '@hopline/model';
import type { Msg } from '@nats-io/nats-core';
import { type AdvisoryRefusal, decodeAdvisory } from '../endpoints/advisory.ts';
import type { Subscription } from '../transport/connection.ts';
import { eventBody } from './event-body.ts';

/**
 * All but `$JS.EVENT.ADVISORY.API`, the audit of every API call: it is far more than the rest together
 * and holds the bodies of requests and responses.
 */
const SUBJECTS = ['STREAM.>', 'CONSUMER.>', 'DOMAIN.>', 'SERVER.>', 'API.>'].map(
  (rest) => `$JS.EVENT.ADVISORY.${rest}`,
);

/** Messages on the advisory subjects that became no row, by reason. */
export type AdvisoryCounts = Record<AdvisoryRefusal, number>;

/** Subscriptions that turn JetStream advisories into rows. */
export class Advisories {
  readonly subscriptions: Subscription[];
  readonly refused: AdvisoryCounts = { 'not JSON': 0, 'not an advisory': 0 };
  readonly #onAdvisory: (row: AdvisoryRow) => void;

  constructor(onAdvisory: (row: AdvisoryRow) => void) {
    this.#onAdvisory = onAdvisory;
    this.subscriptions = SUBJECTS.map((subject) => ({
      subject,
      onMessage: (message) => this.#take(message),
    }));
  }

  #take(message: Msg): void {
    let text = '';
    try {
      text = eventBody(message.data, message.headers?.get('Content-Encoding') ?? '');
    } catch {
      // Counted below: an empty text is not JSON.
    }
    const decoded = decodeAdvisory(text);
    if ('row' in decoded) this.#onAdvisory(decoded.row);
    else this.refused[decoded.refused]++;
  }
}
