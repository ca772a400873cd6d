import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  countDecoded,
  decode,
  encode,
  gauge,
  log,
  type Message,
  point,
  request,
  span,
  unixNano,
} from './requests.fixture.ts';
import { scanRequest } from './scan.ts';
import { OTLP_SIGNALS, type OtlpSignal } from './shapes.ts';

const HOUR_NS = 3.6e12;
const now = Date.now();
const WINDOW = { oldestNs: now * 1e6 - 24 * HOUR_NS, newestNs: now * 1e6 + HOUR_NS };
const DAYS_AGO = unixNano(now - 3 * 86_400_000);
const TOMORROW = unixNano(now + 86_400_000);

const scan = (signal: OtlpSignal, bytes: Uint8Array) => scanRequest(signal, bytes, WINDOW);

function taken(signal: OtlpSignal, bytes: Uint8Array) {
  const result = scan(signal, bytes);
  assert.equal(result.status, 'ok', JSON.stringify(result));
  return result as Extract<typeof result, { status: 'ok' }>;
}

const SAMPLES: Record<OtlpSignal, Uint8Array> = {
  traces: request('traces', [
    span(),
    span({
      events: [{ time_unix_nano: unixNano(), name: 'exception', attributes: [] }],
      links: [{ trace_id: Buffer.alloc(16, 7), span_id: Buffer.alloc(8, 7) }],
      status: { code: 2, message: 'boom' },
      flags: 257,
    }),
  ]),
  logs: request('logs', [
    log({ trace_id: Buffer.alloc(16, 1), span_id: Buffer.alloc(8, 1) }),
    log({
      body: {
        kvlist_value: { values: [{ key: 'a', value: { array_value: { values: [{}] } } }] },
      },
    }),
  ]),
  metrics: request('metrics', [
    gauge([point(), point()]),
    {
      name: 'h',
      histogram: {
        aggregation_temporality: 2,
        data_points: [
          point({
            count: 3,
            sum: 1.5,
            bucket_counts: [1, 2],
            explicit_bounds: [5],
            min: 0,
            max: 2,
          }),
        ],
      },
    },
    {
      name: 'e',
      exponential_histogram: {
        data_points: [point({ scale: -3, positive: { offset: -1, bucket_counts: [1, 300] } })],
      },
    },
  ]),
};

describe('a sound request', () => {
  for (const signal of OTLP_SIGNALS) {
    test(`${signal}: counted and passed on as the same bytes`, () => {
      const bytes = SAMPLES[signal];
      const result = taken(signal, bytes);
      assert.equal(result.items, countDecoded(signal, bytes));
      assert.ok(result.items >= 2);
      assert.deepEqual(result.rejected, []);
      assert.equal(result.bytes, bytes);
    });

    test(`${signal}: empty is sound`, () => {
      assert.equal(taken(signal, new Uint8Array()).items, 0);
      assert.equal(taken(signal, request(signal, [])).items, 0);
    });
  }

  test('unknown fields are skipped, also groups', () => {
    const group = Buffer.from([0xa3, 0x06, 0x08, 0x01, 0xa3, 0x06, 0xa4, 0x06, 0xa4, 0x06]);
    const unknown = Buffer.from([0xfa, 0x3e, 0x03, 1, 2, 3, 0xf5, 0x3e, 1, 2, 3, 4]);
    const bytes = Buffer.concat([SAMPLES.traces, group, unknown]);
    assert.equal(taken('traces', bytes).items, 2);
  });

  test('repeated numbers may come packed or one by one', () => {
    const metric = (field: Buffer): Buffer => {
      const time = Buffer.alloc(9, 0x19);
      time.writeBigUInt64LE(BigInt(now) * 1_000_000n, 1);
      const dataPoint = Buffer.concat([time, field]);
      const wrap = (tag: number, inner: Buffer) =>
        Buffer.concat([Buffer.from([tag, inner.length]), inner]);
      return wrap(0x0a, wrap(0x12, wrap(0x12, wrap(0x4a, wrap(0x0a, dataPoint)))));
    };
    const eight = Buffer.alloc(8, 1);
    assert.equal(taken('metrics', metric(Buffer.from([0x31, ...eight]))).items, 1);
    assert.equal(taken('metrics', metric(Buffer.from([0x32, 8, ...eight]))).items, 1);
    const odd = scan('metrics', metric(Buffer.from([0x32, 7, ...eight.subarray(1)])));
    assert.equal(odd.status, 'broken');
  });
});

describe('an item that is not taken', () => {
  const CASES: [OtlpSignal, string, Message][] = [
    ['traces', 'invalid trace id', span({ trace_id: Buffer.alloc(15, 1) })],
    ['traces', 'invalid trace id', span({ trace_id: Buffer.alloc(16) })],
    ['traces', 'invalid trace id', span({ trace_id: Buffer.alloc(0) })],
    ['traces', 'invalid span id', span({ span_id: Buffer.alloc(9, 1) })],
    ['traces', 'invalid span id', span({ span_id: Buffer.alloc(8) })],
    ['traces', 'invalid parent span id', span({ parent_span_id: Buffer.alloc(16, 1) })],
    ['traces', 'invalid link', span({ links: [{ trace_id: Buffer.alloc(16, 1) }] })],
    ['traces', 'no time', span({ start_time_unix_nano: 0 })],
    ['traces', 'older than the retention', span({ start_time_unix_nano: DAYS_AGO })],
    ['traces', 'too far in the future', span({ start_time_unix_nano: TOMORROW })],
    ['traces', 'too far in the future', span({ end_time_unix_nano: TOMORROW })],
    ['logs', 'invalid trace id', log({ trace_id: Buffer.alloc(4, 1) })],
    ['logs', 'invalid span id', log({ span_id: Buffer.alloc(4, 1) })],
    ['logs', 'no time', log({ time_unix_nano: 0 })],
    [
      'logs',
      'older than the retention',
      log({ time_unix_nano: 0, observed_time_unix_nano: DAYS_AGO }),
    ],
    ['metrics', 'no time', gauge([point({ time_unix_nano: 0 })])],
    ['metrics', 'too far in the future', gauge([point({ time_unix_nano: TOMORROW })])],
    ['metrics', 'kind of metric not supported', { name: 's', summary: { data_points: [point()] } }],
  ];
  for (const [index, [signal, reason, item]] of CASES.entries()) {
    test(`${signal} ${index}: ${reason}; its neighbours are taken`, () => {
      const good = SAMPLES[signal];
      const bytes = Buffer.concat([good, request(signal, [item]), good]);
      const result = taken(signal, bytes);
      assert.deepEqual(result.rejected, [{ reason, count: 1 }]);
      assert.equal(result.items, 2 * taken(signal, good).items);
      assert.equal(countDecoded(signal, result.bytes), result.items);
    });
  }

  test('times that are taken: observed time alone, old starts of points, ids of logs outside spans', () => {
    const observed = log({ time_unix_nano: 0, observed_time_unix_nano: unixNano() });
    assert.equal(taken('logs', request('logs', [observed])).items, 1);
    const old = gauge([point({ start_time_unix_nano: DAYS_AGO })]);
    assert.equal(taken('metrics', request('metrics', [old])).items, 1);
  });

  test('all spans bad: nothing is left to append', () => {
    const bytes = request('traces', [
      span({ span_id: new Uint8Array() }),
      span({ span_id: Buffer.alloc(3) }),
    ]);
    const result = taken('traces', bytes);
    assert.deepEqual(result.rejected, [{ reason: 'invalid span id', count: 2 }]);
    assert.equal(result.items, 0);
  });

  test('the rest of the request says the same as before', () => {
    const goodOrBad = fc.array(fc.boolean(), { minLength: 0, maxLength: 6 });
    const frames = fc.array(fc.array(goodOrBad, { maxLength: 3 }), { maxLength: 3 });
    fc.assert(
      fc.property(frames, (resources) => {
        const build = (keep: (isGood: boolean) => boolean): Message => ({
          resource_spans: resources.map((scopes, r) => ({
            resource: { attributes: [{ key: `r${r}`, value: { int_value: r } }] },
            scope_spans: scopes.map((spans, s) => ({
              scope: { name: `scope ${s}` },
              schema_url: 'x'.repeat(s * 100),
              spans: spans.flatMap((isGood, i) => (keep(isGood) ? [fixedSpan(isGood, i)] : [])),
            })),
          })),
        });
        const result = taken(
          'traces',
          encode(
            'traces',
            build(() => true),
          ),
        );
        const expected = encode(
          'traces',
          build((isGood) => isGood),
        );
        assert.deepEqual(decode('traces', result.bytes), decode('traces', expected));
        // What was rewritten is itself a sound request with nothing to reject.
        const again = taken('traces', result.bytes);
        assert.equal(again.items, result.items);
        assert.deepEqual(again.rejected, []);
      }),
      { numRuns: 200 },
    );
  });
});

function fixedSpan(isGood: boolean, index: number): Message {
  return {
    trace_id: Buffer.alloc(16, isGood ? 1 : 0),
    span_id: Buffer.alloc(8, 1 + index),
    name: 'n'.repeat(index * 40),
    start_time_unix_nano: unixNano(now),
  };
}

describe('broken bytes', () => {
  test('are told with the message and the place', () => {
    const cut = SAMPLES.traces.subarray(0, SAMPLES.traces.length - 3);
    assert.deepEqual(scan('traces', cut), {
      status: 'broken',
      reason: 'ExportTraceServiceRequest: end of the message inside a field at byte 0',
    });
    const result = scan(
      'traces',
      encode('logs', { resource_logs: [{ scope_logs: [{ log_records: [log()] }] }] }),
    );
    assert.equal(result.status, 'broken');
  });

  test('nesting is bounded', () => {
    let value: Message = { string_value: 'x' };
    for (let depth = 0; depth < 45; depth++) value = { array_value: { values: [value] } };
    const attribute = (of: Message) =>
      request('traces', [span({ attributes: [{ key: 'deep', value: of }] })]);
    assert.equal(taken('traces', attribute(value)).items, 1);
    let inner = Buffer.from([0x0a, 0x01, 0x78]);
    for (let depth = 0; depth < 5000; depth++) inner = wrap(0x2a, wrap(0x0a, inner));
    const resource = wrap(0x0a, wrap(0x12, inner));
    const deep = scan('traces', wrap(0x0a, wrap(0x0a, resource)));
    assert.match(deep.status === 'broken' ? deep.reason : '', /nested deeper than 100/);
    const groups = scan('traces', Buffer.alloc(1_000_000, 0x1b));
    assert.match(groups.status === 'broken' ? groups.reason : '', /groups nested deeper/);
  });

  test('every prefix: never a throw, and what is taken the oracle reads too', () => {
    for (const signal of OTLP_SIGNALS) {
      for (let end = 0; end <= SAMPLES[signal].length; end++) {
        agreesWithOracle(signal, SAMPLES[signal].subarray(0, end));
      }
    }
  });

  test('mutated requests: never a throw, and what is taken the oracle reads too', () => {
    const mutation = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...OTLP_SIGNALS),
        fc.array(mutation, { minLength: 1, maxLength: 8 }),
        (signal, mutations) => {
          const bytes = Buffer.from(SAMPLES[signal]);
          for (const { at, byte } of mutations) bytes[at % bytes.length] = byte;
          agreesWithOracle(signal, bytes);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('random bytes: never a throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OTLP_SIGNALS),
        fc.uint8Array({ maxLength: 4096 }),
        (signal, bytes) => agreesWithOracle(signal, bytes),
      ),
      { numRuns: 2000 },
    );
  });

  test('millions of empty spans cost one copy of the request', () => {
    const spans = Buffer.alloc(4 * 1024 * 1024, Buffer.from([0x12, 0x00]));
    const bytes = wrap(0x0a, wrap(0x12, spans));
    const before = process.memoryUsage();
    const result = taken('traces', bytes);
    const after = process.memoryUsage();
    assert.deepEqual(result.rejected, [{ reason: 'invalid trace id', count: spans.length / 2 }]);
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    assert.ok(grown < 3 * bytes.length, `grew by ${grown} bytes`);
  });
});

function agreesWithOracle(signal: OtlpSignal, bytes: Uint8Array): void {
  const result = scan(signal, bytes);
  if (result.status === 'broken') {
    assert.notEqual(result.reason, '');
    return;
  }
  assert.ok(result.bytes.length <= bytes.length);
  const rejected = result.rejected.reduce((sum, one) => sum + one.count, 0);
  // protobufjs keeps the last of two gauges of one metric where the others merge them.
  if (signal === 'metrics') return;
  try {
    assert.equal(result.items + rejected, countDecoded(signal, bytes));
    assert.equal(countDecoded(signal, result.bytes), result.items);
  } catch (error) {
    // Text that is not UTF-8 is taken: it shows as replacement characters.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
  }
}

/** A field of bytes. */
function wrap(tag: number, inner: Uint8Array): Buffer<ArrayBuffer> {
  const length: number[] = [];
  for (let rest = inner.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([tag, ...length]), inner]);
}
