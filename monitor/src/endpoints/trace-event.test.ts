import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeTraceEvent } from './trace-event.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

type Json = Record<string, unknown>;

/** A small valid event; the parts that a test gives replace those of the same name. */
function event(parts: { server?: Json; request?: Json; hops?: unknown; events?: unknown } = {}) {
  return JSON.stringify({
    server: { name: 'hub-1', id: 'NID', ver: '2.15.1', ...parts.server },
    request: { header: { traceparent: [PARENT] }, msgsize: 83, ...parts.request },
    ...('hops' in parts ? { hops: parts.hops } : {}),
    events: 'events' in parts ? parts.events : [ingress()],
  });
}

function ingress(more: Json = {}): Json {
  const ts = '2026-11-22T13:17:10.052287695Z';
  return { type: 'in', ts, kind: 0, cid: 6, name: 'app', acc: 'APP', subj: 'a.b', ...more };
}

function rowOf(text: string) {
  const decoded = decodeTraceEvent(text);
  assert.ok('row' in decoded, `refused: ${'refused' in decoded ? decoded.refused : ''}`);
  return decoded.row;
}

describe('events of real servers', () => {
  const folder = new URL('goldens/', import.meta.url);
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.events.json'))
    .map((file) => file.replace('.events.json', ''));
  assert.ok(names.length > 0);
  for (const name of names) {
    test(name, () => {
      const events = JSON.parse(readFileSync(new URL(`${name}.events.json`, folder), 'utf8'));
      const rows = (events as Json[]).map((item) => ({
        ...rowOf(JSON.stringify(item)),
        raw: '(the event)',
      }));
      const file = new URL(`${name}.rows.json`, folder);
      // `biome format --write` gives a rewritten golden its shape.
      if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, JSON.stringify(rows));
      assert.deepEqual(rows, JSON.parse(readFileSync(file, 'utf8')));
    });
  }
});

describe('traceparent', () => {
  const cases: [name: string, header: Json, found: boolean][] = [
    ['as W3C writes it', { traceparent: [PARENT] }, true],
    ['as older servers write it', { Traceparent: [PARENT] }, true],
    ['upper case', { TRACEPARENT: [PARENT] }, true],
    ['renamed by 2.11 and 2.12', { Xraceparent: [PARENT] }, true],
    ['a broken one before a good one', { traceparent: ['nonsense'], Xraceparent: [PARENT] }, true],
    ['repeated', { traceparent: ['nonsense', PARENT] }, true],
    ['not sampled', { traceparent: [PARENT.replace(/01$/, '00')] }, true],
    ['none', {}, false],
    ['all zero', { traceparent: [PARENT.replace(/[1-9a-f]/g, '0')] }, false],
    ['no array', { traceparent: PARENT }, false],
    ['no strings', { traceparent: [1, null, {}] }, false],
  ];
  for (const [name, header, found] of cases) {
    test(name, () => {
      const decoded = decodeTraceEvent(event({ request: { header } }));
      if (found) {
        assert.ok('row' in decoded);
        assert.equal(decoded.row.trace_id, '4bf92f3577b34da6a3ce929d0e0e4736');
        assert.equal(decoded.row.span_id, '00f067aa0ba902b7');
      } else {
        assert.deepEqual(decoded, { refused: 'no traceparent' });
      }
    });
  }

  test('the exact name wins over other letter cases', () => {
    const other = PARENT.replace('00f067aa0ba902b7', 'ffffffffffffffff');
    const header = { Traceparent: [other], traceparent: [PARENT] };
    assert.equal(rowOf(event({ request: { header } })).span_id, '00f067aa0ba902b7');
  });
});

describe('hops', () => {
  const header = { traceparent: [PARENT], 'Nats-Trace-Hop': ['1.2'] };

  test('are expected by count below the own hop', () => {
    assert.deepEqual(rowOf(event({ hops: 2 })).expects, ['1', '2']);
    const routed = [ingress({ kind: 1 })];
    assert.deepEqual(rowOf(event({ hops: 2, request: { header }, events: routed })).expects, [
      '1.2.1',
      '1.2.2',
    ]);
  });

  test('of an earlier message, copied by an application, count for nothing', () => {
    const row = rowOf(event({ hops: 1, request: { header } }));
    assert.deepEqual([row.hop, row.expects], ['', ['1']]);
  });

  test('are expected by egress too, each once', () => {
    const egress = { type: 'eg', ts: ingress().ts, kind: 1, cid: 1, name: 'hub-2', hop: '1' };
    const row = rowOf(event({ hops: 1, events: [ingress(), egress] }));
    assert.deepEqual(row.expects, ['1']);
    assert.deepEqual(row.egress_hop, ['1']);
    assert.deepEqual(row.egress_kind, ['router']);
  });

  test('absurd counts are not believed', () => {
    for (const hops of [1e9, -1, 1.5, '3', null]) {
      assert.deepEqual(rowOf(event({ hops })).expects, []);
    }
  });
});

describe('the store leg', () => {
  const ts = '2026-11-22T13:17:10.052410828Z';
  const stored = (more: Json) =>
    rowOf(event({ events: [ingress(), { type: 'js', ts, stream: 'S', ...more }] }));

  test('has the time of the store', () => {
    const { stream, store_time, store_error } = stored({});
    assert.deepEqual([stream, store_time, store_error], ['S', '1795353430052410828', '']);
  });

  test('that failed has no time', () => {
    const { stream, store_time, store_error } = stored({ error: 'maximum messages exceeded' });
    assert.deepEqual([stream, store_time, store_error], ['S', '0', 'maximum messages exceeded']);
  });

  test('without interest stored nothing', () => {
    const { store_time, store_error } = stored({ nointerest: true });
    assert.deepEqual([store_time, store_error], ['0', 'no interest']);
  });
});

test('header values of the application are not kept, names are', () => {
  const header = { traceparent: [PARENT], Authorization: ['Bearer secret'], 'Nats-Msg-Id': ['7'] };
  const { raw } = rowOf(event({ request: { header, msgsize: 12 } }));
  assert.ok(!raw.includes('secret'));
  assert.deepEqual(JSON.parse(raw).request, {
    header: { traceparent: [PARENT], Authorization: ['(not kept)'], 'Nats-Msg-Id': ['7'] },
    msgsize: 12,
  });
});

describe('hostile input', () => {
  const refusals: [text: string, refused: string][] = [
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['null', 'not JSON'],
    ['[]', 'not JSON'],
    ['"in"', 'not JSON'],
    ['{}', 'not a trace event'],
    [event({ events: [] }), 'not a trace event'],
    [event({ events: null }), 'not a trace event'],
    [event({ events: [null, 1, 'in', []] }), 'not a trace event'],
    [event({ events: [{ type: 'eg' }] }), 'not a trace event'],
    [event({ events: [ingress({ ts: 'yesterday' })] }), 'not a trace event'],
    [event({ events: [ingress({ ts: '0001-01-01T00:00:00Z' })] }), 'not a trace event'],
    [event({ events: [ingress({ ts: '9999-01-01T00:00:00Z' })] }), 'not a trace event'],
    [JSON.stringify({ ...JSON.parse(event()), server: 'hub-1' }), 'not a trace event'],
    [event({ request: { header: null } }), 'no traceparent'],
    ['['.repeat(100_000), 'not JSON'],
  ];
  for (const [text, refused] of refusals) {
    test(`${text.slice(0, 60)} is ${refused}`, () => {
      assert.deepEqual(decodeTraceEvent(text), { refused });
    });
  }

  test('wrong types read as empty', () => {
    const egress = { type: 'eg', ts: 7, kind: 99, cid: -1, name: {}, hop: [], sub: null };
    const hostile = ingress({ kind: 'client', cid: 0.5, name: 5, acc: [], subj: null });
    const row = rowOf(
      event({
        request: { header: { traceparent: [PARENT] }, msgsize: -4 },
        events: [hostile, egress],
      }),
    );
    assert.deepEqual(
      [
        row.ingress_kind,
        row.ingress_cid,
        row.ingress_name,
        row.account,
        row.subject,
        row.size_bytes,
      ],
      ['', '0', '', '', '', 0],
    );
    assert.deepEqual([row.egress_kind, row.egress_time, row.egress_cid], [[''], ['0'], ['0']]);
  });

  test('nothing throws, and every row fits its columns', () => {
    const key = fc.constantFrom('type', 'ts', 'kind', 'cid', 'hop', 'hops', 'acc', 'sub', 'error');
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.bigInt().map(Number), fc.string());
    const mutation = fc.record({
      server: fc.dictionary(fc.constantFrom('name', 'id', 'ver', 'cluster', 'domain'), value),
      request: fc.record({
        header: fc.oneof(fc.constant({ traceparent: [PARENT] }), fc.jsonValue()),
        msgsize: value,
      }),
      hops: value,
      events: fc.array(
        fc.oneof(
          fc.constant(ingress()),
          fc.dictionary(key, value),
          fc
            .tuple(fc.constantFrom('in', 'eg', 'js', 'sm'), fc.dictionary(key, value))
            .map(([type, rest]) => ({ ts: ingress().ts, ...rest, type })),
          fc.jsonValue(),
        ),
        { maxLength: 5 },
      ),
    });
    const text = fc.oneof(
      mutation.map((parts) => event(parts as Parameters<typeof event>[0])),
      fc.json(),
      fc.string(),
    );
    fc.assert(fc.property(text, fitsItsColumns), { numRuns: 2000 });
  });
});

function fitsItsColumns(text: string): void {
  const decoded = decodeTraceEvent(text);
  if (!('row' in decoded)) return;
  const { row } = decoded;
  assert.match(row.trace_id, /^[0-9a-f]{32}$/);
  assert.match(row.span_id, /^[0-9a-f]{16}$/);
  assert.ok(BigInt(row.time) > 0n && BigInt(row.time) < 2n ** 63n);
  assert.ok(row.size_bytes >= 0 && row.size_bytes < 2 ** 32);
  for (const number of [row.store_time, row.ingress_cid, ...row.egress_time, ...row.egress_cid]) {
    assert.ok(BigInt(number) >= 0n && BigInt(number) < 2n ** 64n);
  }
  const widths = Object.entries(row).filter(([key]) => key.startsWith('egress_'));
  for (const [key, items] of widths) assert.equal(items.length, row.egress_kind.length, key);
  for (const item of widths.flatMap(([, items]) => items)) assert.equal(typeof item, 'string');
}
