import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ids of the traces that are made here. */
export const TRACES = { big: 'ab'.repeat(16), shop: 'a1'.repeat(16), packer: 'b1'.repeat(16) };

/** Longer than any column. */
export const ALIKE = ['count-north', 'count-south'].map(
  (end) => `${'warehouse-automation-platform-'.repeat(4)}${end}`,
);

/** One span of one service, as OTLP/JSON has it. */
export interface Made {
  service: string;
  span: Record<string, unknown>;
}

const NS_PER_MS = 1_000_000n;
const KIND = { internal: 1, producer: 4, consumer: 5 };
const AT_ONCE = 2_000;
const RETRY_MS = 500;
const HOUR_MS = 3_600_000;

/** A tree of `count` spans, eight services, five levels below most of it; each knows its number. */
export function bigTrace(count: number, startMs: number): Made[] {
  return Array.from({ length: count }, (_, number) => ({
    service: `service-${number % 8}`,
    span: {
      traceId: TRACES.big,
      spanId: idOf(number + 1),
      // Each sixth span starts a branch of the root; the five behind it are a chain below it.
      ...(number === 0 ? {} : { parentSpanId: number % 6 === 1 ? idOf(1) : idOf(number) }),
      name: `work ${number}`,
      kind: KIND.internal,
      ...times(startMs + number / 2, number === 0 ? count / 2 + 10 : 4),
      ...(number % 50 === 7 ? { status: { code: 2, message: 'no stock' } } : {}),
    },
  }));
}

/** An order of a shop, and the packer that took it two hours before: its own trace, by link only. */
export function linkedTraces(startMs: number): Made[] {
  const orderMs = startMs - 2 * HOUR_MS;
  const order = idOf(1);
  return [
    {
      service: 'shop',
      span: {
        traceId: TRACES.shop,
        spanId: order,
        name: 'publish orders.new',
        kind: KIND.producer,
        ...times(orderMs, 2),
        attributes: messaging('publish', 'send', 'orders.new'),
      },
    },
    {
      service: 'packer',
      span: {
        traceId: TRACES.packer,
        spanId: idOf(2),
        name: 'process orders.new',
        kind: KIND.consumer,
        ...times(startMs, 20),
        attributes: messaging('process', 'process', 'orders.new'),
        links: [{ traceId: TRACES.shop, spanId: order }],
      },
    },
    {
      service: 'packer',
      span: {
        traceId: TRACES.packer,
        spanId: idOf(3),
        parentSpanId: idOf(2),
        name: 'publish parcels.packed',
        kind: KIND.producer,
        ...times(startMs + 5, 2),
        attributes: messaging('publish', 'send', 'parcels.packed'),
      },
    },
  ];
}

/** Two services whose names differ at their ends alone, each with a message. */
export function alikeNames(startMs: number): Made[] {
  return ALIKE.map((service, index) => ({
    service,
    span: {
      traceId: 'c1'.repeat(16),
      spanId: idOf(index + 1),
      name: 'publish stock.counted',
      kind: KIND.producer,
      ...times(startMs + index, 2),
      attributes: messaging('publish', 'send', 'stock.counted'),
    },
  }));
}

/** Sends them by OTLP/HTTP in JSON; asks again where the server says that it is full. */
export async function sendTraces(otlpUrl: string, made: readonly Made[]): Promise<void> {
  for (let from = 0; from < made.length; from += AT_ONCE) {
    const body = JSON.stringify(requestOf(made.slice(from, from + AT_ONCE)));
    for (;;) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${otlpUrl}/v1/traces`, { method: 'POST', headers, body });
      if (response.ok) break;
      assert.ok([429, 503].includes(response.status), `OTLP: ${response.status}`);
      await sleep(RETRY_MS);
    }
  }
}

function requestOf(made: readonly Made[]): object {
  const services = Map.groupBy(made, ({ service }) => service);
  return {
    resourceSpans: [...services].map(([service, its]) => ({
      resource: { attributes: [text('service.name', service)] },
      scopeSpans: [{ scope: { name: 'made' }, spans: its.map(({ span }) => span) }],
    })),
  };
}

const idOf = (number: number): string => number.toString(16).padStart(16, '0');

function times(startMs: number, lengthMs: number): Record<string, string> {
  const at = (ms: number): string => String(BigInt(Math.round(ms * 1000)) * (NS_PER_MS / 1000n));
  return { startTimeUnixNano: at(startMs), endTimeUnixNano: at(startMs + lengthMs) };
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

const messaging = (name: string, type: string, subject: string): object[] => [
  text('messaging.system', 'nats'),
  text('messaging.operation.name', name),
  text('messaging.operation.type', type),
  text('messaging.destination.name', subject),
];
