/** What the reply subject of a JetStream message says about its delivery (ADR-15). */
export interface JetStreamMetadata {
  domain?: string;
  stream: string;
  consumer: string;
  deliveryCount: number;
  streamSequence: number;
  consumerSequence: number;
  /** Unix ns as the server wrote it. */
  storeTimeNs: string;
  pending: number;
}

/**
 * Reads `$JS.ACK.<domain>.<account>.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<ns>.<pending>[.<random>]`
 * and the older form without domain and account. Undefined for any other subject.
 */
export function parseAckSubject(reply: string | undefined): JetStreamMetadata | undefined {
  if (!reply?.startsWith('$JS.ACK.')) return undefined;
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 2 : 4;
  if (tokens.length < 9 || tokens.length === 10) return undefined;
  const [stream, consumer, delivered, streamSeq, consumerSeq, ns, pending] = tokens.slice(at);
  if (!stream || !consumer || !ns || !/^\d+$/.test(ns)) return undefined;
  const domain = at === 4 && tokens[2] !== '_' ? tokens[2] : undefined;
  return {
    ...(domain === undefined ? {} : { domain }),
    stream,
    consumer,
    deliveryCount: Number(delivered),
    streamSequence: Number(streamSeq),
    consumerSequence: Number(consumerSeq),
    storeTimeNs: ns,
    pending: Number(pending),
  };
}
