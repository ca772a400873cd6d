import type { StageOrTotal } from '@hopline/model/api';

/** What a stage is, as a reader would say it. */
export const STAGE_MEANING: Readonly<Record<StageOrTotal, string>> = {
  send: 'network from the publisher to the first server',
  broker: 'inside the servers',
  store: 'from the publish call until the stream had stored it',
  queue: 'waiting in the stream for this consumer, and the way to it',
  deliver: 'network from the server to the consumer',
  transit: 'from the publish call to the consumer; the marks between are missing',
  buffer: 'waiting inside the process of the consumer',
  process: 'the handler',
  settle: 'acknowledging',
  total: 'from the publish call to the end of the handler',
};
