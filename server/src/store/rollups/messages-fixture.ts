import { createHash } from 'node:crypto';
import { ATTR } from '@hopline/model';
import { attributes, encodeRequest } from '../insert/otlp-fixture.ts';

export interface Published {
  /** Tells messages apart; their ids follow from it. */
  name: string;
  /** Unix ns */
  at: bigint;
  /** In the stream ORDERS, as the PubAck told it; without one nothing tells of a stream. */
  sequence?: number;
}

const MS = 1_000_000n;
const id = (text: string, bytes: number): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, bytes);

/** Publish spans of `shop`, as one request. */
export const publishes = (messages: readonly Published[]): Uint8Array =>
  request(
    'shop',
    messages.map((message) => ({
      ...span(message, 'publish', { kind: 4, at: message.at, tookNs: MS }),
      attributes: attributes({
        ...common(message),
        [ATTR.operationType]: 'send',
        ...(message.sequence === undefined
          ? {}
          : { [ATTR.stream]: 'ORDERS', [ATTR.streamSequence]: BigInt(message.sequence) }),
      }),
    })),
  );

/**
 * Handlers of `packer`, `delayMs` after the publish and each `handleMs` long, by parent or by a link from a trace
 * of its own.
 */
export const handlers = (
  messages: readonly Published[],
  how: { delayMs: number; handleMs: (index: number) => number; linked?: boolean; failed?: boolean },
): Uint8Array =>
  request(
    'packer',
    messages.map((message, index) => {
      const at = message.at + BigInt(how.delayMs) * MS;
      const tookNs = BigInt(Math.round(how.handleMs(index) * 1e6));
      const own = span(message, 'handle', { kind: 5, at, tookNs });
      const publish = { trace_id: own.trace_id, span_id: id(`${message.name} publish`, 8) };
      return {
        ...own,
        ...(how.linked
          ? { trace_id: id(`${message.name} handle`, 16), links: [publish] }
          : { parent_span_id: publish.span_id }),
        ...(how.failed ? { status: { code: 2 } } : {}),
        attributes: attributes({
          ...common(message),
          [ATTR.operationType]: 'process',
          [ATTR.consumer]: 'packer',
          [ATTR.stream]: 'ORDERS',
          [ATTR.storeTime]: String(message.at + MS / 2n),
          [ATTR.receiveTime]: String(at - MS / 4n),
        }),
      };
    }),
  );

const common = (_: Published): Record<string, string> => ({
  [ATTR.system]: 'nats',
  [ATTR.destination]: 'orders.placed',
});

function span(
  message: Published,
  what: string,
  { kind, at, tookNs }: { kind: number; at: bigint; tookNs: bigint },
) {
  return {
    trace_id: id(message.name, 16),
    span_id: id(`${message.name} ${what}`, 8),
    name: what,
    kind,
    start_time_unix_nano: String(at),
    end_time_unix_nano: String(at + tookNs),
  };
}

const request = (service: string, spans: object[]): Uint8Array =>
  encodeRequest('traces', {
    resource_spans: [
      {
        resource: {
          attributes: attributes({
            [ATTR.serviceName]: service,
            [ATTR.serviceInstanceId]: `${service}-1`,
          }),
        },
        scope_spans: [{ scope: { name: 'test' }, spans }],
      },
    ],
  });
