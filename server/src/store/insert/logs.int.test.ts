import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTR } from '@hopline/model';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { anyValue, attributes, encodeRequest } from './otlp-fixture.ts';

const NOW = BigInt(Date.now()) * 1_000_000n + 42n;

const COLUMNS = `toString(toUnixTimestamp64Nano(time)) AS time, lower(hex(trace_id)) AS trace_id,
  lower(hex(span_id)) AS span_id, severity, severity_number, service, instance, scope, event_name, body,
  resource, attributes`;

test('each column of a log record holds what the request says', async () => {
  await using store = await temporaryDatabase();
  const resource = { [ATTR.serviceName]: 'payment', [ATTR.serviceInstanceId]: 'p-1' };
  const at = (offset: bigint): string => (NOW + offset).toString();
  const records = [
    {
      time_unix_nano: at(1n),
      observed_time_unix_nano: at(100n),
      severity_number: 17,
      severity_text: 'err',
      body: anyValue('card declined\n\nDROP TABLE logs'),
      attributes: attributes({ order: 4711n, tags: ['a', 1n] }),
      trace_id: new Uint8Array(16).fill(0xab),
      span_id: new Uint8Array(8).fill(0xcd),
      event_name: 'payment.failed',
    },
    { observed_time_unix_nano: at(2n), severity_text: 'notice', body: anyValue({ a: 1n }) },
    { time_unix_nano: at(3n), severity_number: 99, trace_id: new Uint8Array(3) },
  ];
  const bytes = encodeRequest('logs', {
    resource_logs: [
      {
        resource: { attributes: attributes(resource) },
        scope_logs: [{ scope: { name: 'pino' }, log_records: records }],
      },
    ],
  });
  assert.deepEqual(await store.insert('logs', 'one', bytes), { status: 'stored' });
  const usual = {
    trace_id: '0'.repeat(32),
    span_id: '0'.repeat(16),
    severity: '',
    severity_number: 0,
    service: 'payment',
    instance: 'p-1',
    scope: 'pino',
    event_name: '',
    body: '',
    resource,
    attributes: {},
  };
  assert.deepEqual(await store.select(`SELECT ${COLUMNS} FROM logs ORDER BY logs.time`), [
    {
      ...usual,
      time: at(1n),
      trace_id: 'ab'.repeat(16),
      span_id: 'cd'.repeat(8),
      severity: 'ERROR',
      severity_number: 17,
      event_name: 'payment.failed',
      body: 'card declined\n\nDROP TABLE logs',
      attributes: { order: '4711', tags: '["a",1]' },
    },
    { ...usual, time: at(2n), severity: 'NOTICE', body: '{"a":1}' },
    { ...usual, time: at(3n) },
  ]);
});

test('each severity number has the name of its range', async () => {
  await using store = await temporaryDatabase();
  const records = Array.from({ length: 26 }, (_, number) => ({
    time_unix_nano: (NOW + BigInt(number)).toString(),
    severity_number: number,
  }));
  const bytes = encodeRequest('logs', {
    resource_logs: [{ scope_logs: [{ log_records: records }] }],
  });
  await store.insert('logs', 'severities', bytes);
  const rows = await store.select<{ severity: string }>('SELECT severity FROM logs ORDER BY time');
  const names = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  assert.deepEqual(
    rows.map(({ severity }) => severity),
    ['', ...names.flatMap((name) => [name, name, name, name]), ''],
  );
});
