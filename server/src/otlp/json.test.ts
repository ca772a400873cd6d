import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import fc from 'fast-check';
import { requestFromJson } from './json.ts';
import { decode, type Message } from './requests.fixture.ts';
import { scanRequest } from './scan.ts';
import type { OtlpSignal } from './shapes.ts';

const ANY_TIME = { oldestNs: 0, newestNs: Number.POSITIVE_INFINITY };

function read(signal: OtlpSignal, json: unknown): Message {
  const body = typeof json === 'string' ? json : JSON.stringify(json);
  const result = requestFromJson(signal, Buffer.from(body));
  assert.equal(result.status, 'ok', JSON.stringify(result));
  const { bytes } = result as Extract<typeof result, { status: 'ok' }>;
  assert.equal(scanRequest(signal, bytes, ANY_TIME).status, 'ok');
  return decode(signal, bytes);
}

function fault(signal: OtlpSignal, json: unknown): string {
  const body = typeof json === 'string' ? json : JSON.stringify(json);
  const result = requestFromJson(signal, Buffer.from(body));
  assert.equal(result.status, 'broken', body);
  return (result as Extract<typeof result, { status: 'broken' }>).reason;
}

const spans = (...list: Message[]): Message => ({
  resourceSpans: [{ scopeSpans: [{ spans: list }] }],
});

function firstSpan(message: Message): Message {
  type Frame = { resource_spans: { scope_spans: { spans: Message[] }[] }[] };
  return (message as Frame).resource_spans[0]!.scope_spans[0]!.spans[0]!;
}

test('what the SDK writes as JSON says the same as its protobuf', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('t', '1.0');
  const first = tracer.startSpan('first', {
    kind: 4,
    attributes: { n: -12, big: 2 ** 52, f: 0.5 },
  });
  first.addEvent('event', { list: ['a', 'b'], flag: false });
  first.recordException(new Error('boom'));
  first.setStatus({ code: 2, message: 'ünïcode ✓' });
  first.end();
  tracer.startSpan('second', { links: [{ context: first.spanContext() }], kind: 3 }).end();
  const finished = exporter.getFinishedSpans();
  const json = JsonTraceSerializer.serializeRequest(finished)!;
  const protobuf = ProtobufTraceSerializer.serializeRequest(finished)!;
  assert.deepEqual(read('traces', Buffer.from(json).toString()), decode('traces', protobuf));
  await provider.shutdown();
});

describe('the ways a value is written', () => {
  const TRACE_ID = '5b8efff798038103d269b633813fc60c';
  const SPAN_ID = 'eee19b7ec3c1b174';
  const base = { traceId: TRACE_ID, spanId: SPAN_ID };
  const one = (fields: Message): Message =>
    firstSpan(read('traces', spans({ ...base, ...fields })));
  const hexOf = (base64: unknown): string =>
    Buffer.from(base64 as string, 'base64').toString('hex');

  test('ids are hex in any letter case', () => {
    const upper = firstSpan(
      read('traces', spans({ traceId: TRACE_ID.toUpperCase(), spanId: SPAN_ID })),
    );
    assert.equal(hexOf(upper.trace_id), TRACE_ID);
    assert.equal(hexOf(upper.span_id), SPAN_ID);
  });

  test('names in camelCase and snake_case; unknown ones and nulls are ignored', () => {
    const snake = {
      resource_spans: [{ scope_spans: [{ spans: [{ trace_id: TRACE_ID, name: 'a' }] }] }],
    };
    assert.equal(hexOf(firstSpan(read('traces', snake)).trace_id), TRACE_ID);
    const { name } = one({ name: 'a', future: { x: [1] }, status: null, attributes: null });
    assert.equal(name, 'a');
  });

  test('64-bit integers: strings, numbers, and numbers past 2^53 to the last digit', () => {
    const time = '1795354542882123457';
    assert.equal(one({ startTimeUnixNano: time }).start_time_unix_nano, time);
    const asNumber = JSON.stringify(spans({ ...base, startTimeUnixNano: 1 })).replace(
      ':1}',
      `:${time}}`,
    );
    assert.equal(firstSpan(read('traces', asNumber)).start_time_unix_nano, time);
    assert.equal(one({ startTimeUnixNano: 12 }).start_time_unix_nano, '12');
    const attributes = [
      { key: 'a', value: { intValue: '-9223372036854775808' } },
      { key: 'b', value: { intValue: -5 } },
    ];
    type Attribute = { value: { int_value: string } };
    const values = (one({ attributes }).attributes as Attribute[]).map((a) => a.value.int_value);
    assert.deepEqual(values, ['-9223372036854775808', '-5']);
  });

  test('enums: numbers and names', () => {
    assert.equal(one({ kind: 'SPAN_KIND_PRODUCER' }).kind, 4);
    assert.equal(one({ kind: 5 }).kind, 5);
    assert.equal(one({ kind: 77 }).kind, 77);
    assert.match(fault('traces', spans({ kind: 'PRODUCER' })), /Span.kind: cannot read "PRODUCER"/);
  });

  test('every kind of attribute value', () => {
    const nested = {
      kvlistValue: {
        values: [{ key: 'k', value: { arrayValue: { values: [{ boolValue: true }] } } }],
      },
    };
    const attributes = [
      nested,
      { doubleValue: 'NaN' },
      { doubleValue: 1 },
      { bytesValue: 'AQID' },
      {},
    ].map((value, index) => ({ key: `${index}`, value }));
    const read = (one({ attributes }).attributes as { value: Message }[]).map((each) => each.value);
    assert.deepEqual(read, [
      {
        kvlist_value: {
          values: [{ key: 'k', value: { array_value: { values: [{ bool_value: true }] } } }],
        },
      },
      { double_value: Number.NaN },
      { double_value: 1 },
      { bytes_value: 'AQID' },
      {},
    ]);
  });

  test('metrics: packed numbers, sint32, doubles', () => {
    const histogram = {
      aggregationTemporality: 2,
      dataPoints: [
        {
          timeUnixNano: '5',
          count: '3',
          sum: -1.5,
          bucketCounts: ['1', 2],
          explicitBounds: [5, 'Infinity'],
        },
      ],
    };
    const exponentialHistogram = {
      dataPoints: [
        { scale: -3, positive: { offset: -1, bucketCounts: ['1', '18446744073709551615'] } },
      ],
    };
    const metrics = [
      { name: 'h', histogram },
      { name: 'e', exponentialHistogram },
    ];
    const message = read('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    type Frame = { resource_metrics: { scope_metrics: { metrics: Message[] }[] }[] };
    assert.deepEqual((message as Frame).resource_metrics[0]!.scope_metrics[0]!.metrics, [
      {
        name: 'h',
        histogram: {
          data_points: [
            {
              time_unix_nano: '5',
              count: '3',
              sum: -1.5,
              bucket_counts: ['1', '2'],
              explicit_bounds: [5, Number.POSITIVE_INFINITY],
            },
          ],
          aggregation_temporality: 2,
        },
      },
      {
        name: 'e',
        exponential_histogram: {
          data_points: [
            { scale: -3, positive: { offset: -1, bucket_counts: ['1', '18446744073709551615'] } },
          ],
        },
      },
    ]);
  });

  test('logs: body, severity by name, base64 is not taken for hex', () => {
    const record = {
      timeUnixNano: '7',
      severityNumber: 'SEVERITY_NUMBER_ERROR2',
      body: { stringValue: 'x' },
    };
    const message = read('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
    assert.match(JSON.stringify(message), /"severity_number":18,.*"body":\{"string_value":"x"\}/);
  });

  test('an id that is not hex costs its own span only', () => {
    const good = { ...base, startTimeUnixNano: '1' };
    for (const traceId of ['W47/95gDgQPSabYzgT/GDA==', 'xyz', '5b8']) {
      const body = Buffer.from(JSON.stringify(spans(good, { ...good, traceId })));
      const result = requestFromJson('traces', body);
      assert.equal(result.status, 'ok');
      const scan = scanRequest('traces', (result as { bytes: Uint8Array }).bytes, ANY_TIME);
      assert.deepEqual(scan.status === 'ok' && [scan.items, scan.rejected], [
        1,
        [{ reason: 'invalid trace id', count: 1 }],
      ]);
    }
  });
});

describe('broken bodies are values', () => {
  const CASES: [string, unknown, RegExp][] = [
    ['no JSON', '{"resourceSpans":', /JSON/],
    ['an array', '[]', /not an object/],
    ['a string', '"x"', /not an object/],
    ['null', 'null', /not an object/],
    ['list that is none', { resourceSpans: {} }, /resourceSpans: not an array/],
    ['message that is none', { resourceSpans: [1] }, /ResourceSpans: not an object/],
    ['number for text', spans({ name: 1 }), /Span.name: cannot read 1 as string/],
    [
      'text for a time',
      spans({ startTimeUnixNano: 'now' }),
      /start_time_unix_nano: cannot read "now"/,
    ],
    ['negative time', spans({ startTimeUnixNano: '-1' }), /cannot read "-1" as fixed64/],
    ['fraction for an integer', spans({ kind: 1.5 }), /Span.kind/],
    ['too large', spans({ flags: 2 ** 32 }), /fixed32/],
    ['bad base64', spans({ attributes: [{ value: { bytesValue: '*' } }] }), /bytes_value/],
  ];
  for (const [name, json, reason] of CASES) {
    test(name, () => assert.match(fault('traces', json), reason));
  }

  test('invalid UTF-8', () => {
    assert.equal(requestFromJson('traces', Buffer.from([0x7b, 0xff, 0x7d])).status, 'broken');
  });

  test('deep nesting is bounded', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(20_000)}{}${']}}'.repeat(20_000)}`;
    const json = `{"resourceSpans":[{"resource":{"attributes":[{"value":${deep}}]}}]}`;
    assert.match(fault('traces', json), /nested deeper than 100/);
    assert.equal(requestFromJson('traces', Buffer.from('['.repeat(1_000_000))).status, 'broken');
  });

  test('any JSON at all: never a throw, and what is taken is sound', () => {
    const names = [
      'resourceSpans',
      'scopeSpans',
      'spans',
      'traceId',
      'attributes',
      'value',
      'kind',
      '__proto__',
    ];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (json) => {
        const result = requestFromJson('traces', Buffer.from(JSON.stringify(json)));
        if (result.status === 'broken') return;
        assert.equal(scanRequest('traces', result.bytes, ANY_TIME).status, 'ok');
      }),
      { numRuns: 2000 },
    );
  });
});
