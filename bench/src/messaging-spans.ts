import { randomFillSync } from 'node:crypto';
import { ATTR, MESSAGING_SYSTEM } from '@hopline/model';
import { attributes, encodeRequest } from '../../server/src/store/insert/otlp-fixture.ts';

/**
 * ExportTraceServiceRequests as a messaging system's services send them, encoded once. Each take() puts new
 * ids, times and message keys into the bytes, so that every span is another one and the sender
 * spends next to nothing.
 */
export class SpanRequests {
  static readonly spansPerRequest = 512;
  readonly #templates: Template[];
  #next = 0;

  constructor(templates = 8) {
    this.#templates = Array.from({ length: templates }, (_, index) => makeTemplate(index));
  }

  /** The next request. The bytes are those of the template: use or copy them before it comes round. */
  take(): Uint8Array {
    const template = this.#templates[this.#next++ % this.#templates.length]!;
    template.renew();
    return template.body;
  }

  get templates(): number {
    return this.#templates.length;
  }
}

/** A place in the body that take() fills. */
interface Patch {
  at: number;
  size: number;
  /** Offset into the request's random bytes; the same one twice is the same id twice. */
  from: number;
}

interface Template {
  body: Uint8Array;
  renew(): void;
}

/** Random bytes of one message: trace id, producer's and consumer's span id, message key. */
const MESSAGE_BYTES = 48;
const KEY_SIZE = 22;
const SERVICES = [
  'gateway',
  'payment',
  'inventory',
  'shipping',
  'notifications',
  'fraud',
  'edge',
  'billing',
];
const SUBJECTS = [
  'orders.{}.created',
  'orders.{}.paid',
  'payments.eu.settled',
  'shipping.{}.label',
];

/** Half of the spans publish a message, the other half process it. */
function makeTemplate(index: number): Template {
  const marks: Buffer[] = [];
  const keyTexts: string[] = [];
  const mark = (size: number): Buffer => {
    const bytes = Buffer.from(randomFillSync(new Uint8Array(size)));
    marks.push(bytes);
    return bytes;
  };
  const _newKey = (): string => {
    const text = key();
    keyTexts.push(text);
    return text;
  };
  const spans: object[] = [];
  for (let pair = 0; pair < SpanRequests.spansPerRequest / 2; pair++) {
    spans.push(
      ...makePair(index, pair, {
        trace: mark(16),
        producer: mark(8),
        consumer: mark(8),
        key: key(),
      }),
    );
  }
  const request = {
    resource_spans: [
      {
        resource: { attributes: attributes(resource(index)) },
        scope_spans: [{ scope: { name: '@hopline/instrumentation', version: '0.1.0' }, spans }],
      },
    ],
  };
  // Without the length before it: that belongs to the journal, not to HTTP.
  const delimited = Buffer.from(encodeRequest('traces', request));
  const body = delimited.subarray(varintSize(delimited));
  const patches = findPatches(body, marks);
  const times = findTimes(body);
  const keys = keyTexts.map((text) => findAll(body, Buffer.from(text)));
  const random = new Uint8Array((marks.length / 3) * MESSAGE_BYTES);
  const renew = (): void => {
    randomFillSync(random);
    for (const { at, size, from } of patches) body.set(random.subarray(from, from + size), at);
    for (const [index, places] of keys.entries()) {
      for (let char = 0; char < KEY_SIZE; char++) {
        // The second half of the message's random bytes: the first is its ids.
        const code = KEY_ALPHABET.charCodeAt(
          random[index * MESSAGE_BYTES + 32 + (char % 16)]! % 62,
        );
        for (const at of places) body[at + char] = code;
      }
    }
    let start = BigInt(Date.now()) * 1_000_000n;
    for (const at of times) {
      body.writeBigUInt64LE(start, at);
      body.writeBigUInt64LE(start + 1_500_000n, at + 9);
      start += 1_000n;
    }
  };
  return { body, renew };
}

interface PairIds {
  trace: Buffer;
  producer: Buffer;
  consumer: Buffer;
  key: string;
}

function makePair(index: number, pair: number, ids: PairIds): object[] {
  const failed = pair % 50 === 7;
  const sequence = BigInt(1_000_000 + index * 10_000 + pair);
  const subject = SUBJECTS[pair % SUBJECTS.length]!.replace(
    '{}',
    String(4000 + ((pair * 7919) % 900)),
  );
  const both = {
    [ATTR.system]: MESSAGING_SYSTEM,
    [ATTR.destination]: subject,
    [ATTR.messageId]: ids.key,
    [ATTR.stream]: 'ORDERS',
    [ATTR.streamSequence]: sequence,
    [ATTR.bodySize]: BigInt(200 + (pair % 300)),
  };
  const publish = {
    trace_id: ids.trace,
    span_id: ids.producer,
    name: `publish ${subject}`,
    kind: 4,
    start_time_unix_nano: TIME_MARK,
    end_time_unix_nano: TIME_MARK,
    attributes: attributes({
      ...both,
      [ATTR.operationName]: 'publish',
      [ATTR.operationType]: 'send',
      [ATTR.serverAddress]: 'n1.example',
      [ATTR.serverPort]: 4222n,
    }),
  };
  const process = {
    trace_id: ids.trace,
    span_id: ids.consumer,
    parent_span_id: ids.producer,
    name: `process ${subject}`,
    kind: 5,
    start_time_unix_nano: TIME_MARK,
    end_time_unix_nano: TIME_MARK,
    attributes: attributes({
      ...both,
      [ATTR.operationName]: 'process',
      [ATTR.operationType]: 'process',
      [ATTR.consumer]: SERVICES[(index + pair) % SERVICES.length],
      [ATTR.deliveryCount]: failed ? 2n : 1n,
    }),
    // One span in ten has a link, one in fifty an error with its exception.
    links: pair % 5 === 0 ? [{ trace_id: ids.trace, span_id: ids.producer }] : [],
    ...(failed ? { status: { code: 2, message: 'card declined' }, events: [exception()] } : {}),
  };
  return [publish, process];
}

const exception = (): object => ({
  time_unix_nano: String(BigInt(Date.now()) * 1_000_000n),
  name: 'exception',
  attributes: attributes({
    'exception.type': 'Error',
    'exception.message': 'card declined',
    'exception.stacktrace': 'Error: card declined\n    at charge (/app/payment.ts:41:9)\n'.repeat(
      4,
    ),
  }),
});

const resource = (index: number): Record<string, string | bigint> => ({
  [ATTR.serviceName]: SERVICES[index % SERVICES.length]!,
  [ATTR.serviceInstanceId]: `${SERVICES[index % SERVICES.length]}-7d9f8b6c5-x${index}`,
  [ATTR.serviceNamespace]: 'shop',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.version': '2.1.0',
  'process.pid': BigInt(1000 + index),
});

/** Stands for a time until renew() writes one: fixed64 of eight bytes that occur nowhere else. */
const TIME_MARK = '11068046444225730969';
const TIME_MARK_BYTES = Buffer.from('9999999999999999', 'hex');

const KEY_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const key = (): string =>
  Array.from(randomFillSync(new Uint8Array(KEY_SIZE)), (byte) => KEY_ALPHABET[byte % 62]).join('');

function findPatches(body: Buffer, marks: readonly Buffer[]): Patch[] {
  const patches: Patch[] = [];
  // Marks come in threes: trace, producer, consumer of one message.
  for (const [index, bytes] of marks.entries()) {
    const from = Math.floor(index / 3) * MESSAGE_BYTES + [0, 16, 24][index % 3]!;
    for (const at of findAll(body, bytes)) patches.push({ at, size: bytes.length, from });
  }
  return patches;
}

function findAll(body: Buffer, bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = body.indexOf(bytes); at >= 0; at = body.indexOf(bytes, at + 1)) found.push(at);
  return found;
}

/** Where each span's start stands; its end follows after eight bytes and one of tag. */
function findTimes(body: Buffer): number[] {
  const times: number[] = [];
  const pair = TIME_MARK_BYTES.length * 2 + 1;
  for (
    let at = body.indexOf(TIME_MARK_BYTES);
    at >= 0;
    at = body.indexOf(TIME_MARK_BYTES, at + pair)
  ) {
    times.push(at);
  }
  return times;
}

const varintSize = (bytes: Uint8Array): number => bytes.findIndex((byte) => byte < 0x80) + 1;
