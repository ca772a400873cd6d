import { deepStrictEqual } from 'node:assert/strict';
import { avro } from '@hopline/client/codecs/avro';
import { json } from '@hopline/client/codecs/json';
import { protobuf } from '@hopline/client/codecs/protobuf';
import { median } from './client-contest.ts';

/** Both directions of one format for one value. */
export interface CodecCost {
  readonly value: string;
  readonly format: string;
  readonly sizeBytes: number;
  /** The same value as JSON without a schema: what MB/s are counted in, so that formats compare. */
  readonly jsonBytes: number;
  readonly encodeUs: number;
  readonly decodeUs: number;
}

interface Way {
  readonly format: string;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const ROUND_MS = 20;

/** An order as it travels: texts, numbers, a flag and a list. */
interface Order {
  orderId: string;
  customer: string;
  currency: string;
  totalCents: number;
  express: boolean;
  lines: { sku: string; quantity: number; priceCents: number }[];
}

const AVRO = JSON.stringify({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'orderId', type: 'string' },
    { name: 'customer', type: 'string' },
    { name: 'currency', type: 'string' },
    { name: 'totalCents', type: 'int' },
    { name: 'express', type: 'boolean' },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
            { name: 'priceCents', type: 'int' },
          ],
        },
      },
    },
  ],
});

const PROTOBUF = `syntax = "proto3";
message Order {
  string orderId = 1;
  string customer = 2;
  string currency = 3;
  int32 totalCents = 4;
  bool express = 5;
  repeated Line lines = 6;
}
message Line {
  string sku = 1;
  int32 quantity = 2;
  int32 priceCents = 3;
}`;

const LINE = {
  type: 'object',
  required: ['sku', 'quantity', 'priceCents'],
  properties: {
    sku: { type: 'string' },
    quantity: { type: 'integer' },
    priceCents: { type: 'integer' },
  },
};
const JSON_SCHEMA = JSON.stringify({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['orderId', 'customer', 'currency', 'totalCents', 'express', 'lines'],
  properties: {
    orderId: { type: 'string' },
    customer: { type: 'string' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    totalCents: { type: 'integer' },
    express: { type: 'boolean' },
    lines: { type: 'array', items: LINE },
  },
});

/** Medians of `rounds` rounds; the formats take turns. Throws where a value does not come back as it was. */
export function codecCosts(rounds: number): CodecCost[] {
  return [
    ...ofValue('order of 2 lines', order(2), rounds),
    ...ofValue('order of 50 lines', order(50), rounds),
  ];
}

function ways(): Way[] {
  const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };
  return [
    {
      format: 'JSON, no schema',
      encode: (value) => utf8.encoder.encode(JSON.stringify(value)),
      decode: (bytes) => JSON.parse(utf8.decoder.decode(bytes)) as unknown,
    },
    wayOf('JSON', json.codec({ text: JSON_SCHEMA })),
    wayOf('Avro', avro.codec({ text: AVRO })),
    wayOf('Protobuf', protobuf.codec({ text: PROTOBUF })),
  ];
}

function wayOf(format: string, codec: Pick<Way, 'encode' | 'decode'>): Way {
  return {
    format,
    encode: (value) => codec.encode(value),
    decode: (bytes) => codec.decode(bytes),
  };
}

function ofValue(name: string, value: Order, rounds: number): CodecCost[] {
  const jsonBytes = Buffer.byteLength(JSON.stringify(value));
  const contestants = ways().map((way) => {
    const bytes = way.encode(value);
    deepStrictEqual(JSON.parse(JSON.stringify(way.decode(bytes))), value, way.format);
    return { way, bytes, encodeUs: [] as number[], decodeUs: [] as number[] };
  });
  const warmUp = Math.ceil(rounds / 4);
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { way, bytes, encodeUs, decodeUs } of contestants) {
      const encoded = usPerCall(() => way.encode(value));
      const decoded = usPerCall(() => way.decode(bytes));
      if (round < 0) continue;
      encodeUs.push(encoded);
      decodeUs.push(decoded);
    }
  }
  return contestants.map(({ way, bytes, encodeUs, decodeUs }) => ({
    value: name,
    format: way.format,
    sizeBytes: bytes.length,
    jsonBytes,
    encodeUs: median(encodeUs),
    decodeUs: median(decodeUs),
  }));
}

/** CPU time, for other programs run here, too. */
function usPerCall(call: () => unknown): number {
  const endMs = performance.now() + ROUND_MS;
  const cpu = process.cpuUsage();
  let calls = 0;
  while (performance.now() < endMs) {
    // What was made is looked at: what nobody sees need not be made.
    for (let n = 0; n < 32; n += 1) calls += call() === undefined ? 0 : 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / calls;
}

function order(lines: number): Order {
  return {
    orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
    customer: 'customer-17@example.org',
    currency: 'EUR',
    totalCents: 459_900,
    express: true,
    lines: Array.from({ length: lines }, (_, line) => ({
      sku: `sku-${1000 + line}`,
      quantity: 1 + (line % 3),
      priceCents: 1_999 + line,
    })),
  };
}
