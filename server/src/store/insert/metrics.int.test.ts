import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTR } from '@hopline/model';
import { temporaryDatabase } from '../chdb/temporary-database.ts';
import { attributes, encodeRequest } from './otlp-fixture.ts';

const NOW = BigInt(Date.now()) * 1_000_000n + 42n;

const COLUMNS = `toString(toUnixTimestamp64Nano(time)) AS time, toString(toUnixTimestamp64Nano(start)) AS start,
  name, description, unit, kind, temporality, is_monotonic, service, instance, scope, resource, attributes, value,
  count, min, max, bucket_counts, bucket_bounds`;

test('each kind of data point becomes a row', async () => {
  await using store = await temporaryDatabase();
  const point = { start_time_unix_nano: (NOW - 9n).toString(), time_unix_nano: NOW.toString() };
  const labels = { attributes: attributes({ subject: 'orders', n: 1n }) };
  const distribution = { ...point, ...labels, count: '5', sum: 7.5, min: 0.5, max: 4 };
  const metrics = [
    {
      name: 'a.gauge',
      description: 'depth',
      unit: '{message}',
      gauge: {
        data_points: [
          { ...point, ...labels, as_double: 0.25 },
          { ...point, as_int: '-7' },
          { ...point, flags: 1 },
        ],
      },
    },
    {
      name: 'b.sum',
      sum: {
        data_points: [{ ...point, as_int: '12' }],
        aggregation_temporality: 2,
        is_monotonic: true,
      },
    },
    {
      name: 'c.histogram',
      histogram: {
        data_points: [{ ...distribution, bucket_counts: ['1', '4'], explicit_bounds: [1.5] }],
        aggregation_temporality: 1,
      },
    },
    {
      name: 'd.exponential',
      exponential_histogram: {
        data_points: [{ ...distribution, scale: 3, positive: { offset: 1, bucket_counts: ['5'] } }],
        aggregation_temporality: 7,
      },
    },
    { name: 'e.summary', summary: { data_points: [{ ...point, count: '3', sum: 2 }] } },
  ];
  const resource = { [ATTR.serviceName]: 'payment', [ATTR.serviceInstanceId]: 'p-1' };
  const bytes = encodeRequest('metrics', {
    resource_metrics: [
      {
        resource: { attributes: attributes(resource) },
        scope_metrics: [{ scope: { name: 'nats' }, metrics }],
      },
    ],
  });
  assert.deepEqual(await store.insert('metrics', 'one', bytes), { status: 'stored' });
  const usual = {
    time: NOW.toString(),
    start: (NOW - 9n).toString(),
    description: '',
    unit: '',
    temporality: 'UNSPECIFIED',
    is_monotonic: false,
    service: 'payment',
    instance: 'p-1',
    scope: 'nats',
    resource,
    attributes: {},
    count: '0',
    min: 0,
    max: 0,
    bucket_counts: [],
    bucket_bounds: [],
  };
  const gauge = {
    ...usual,
    name: 'a.gauge',
    kind: 'gauge',
    description: 'depth',
    unit: '{message}',
  };
  const told = { subject: 'orders', n: '1' };
  const histogram = { ...usual, kind: 'histogram', attributes: told, value: 7.5, count: '5' };
  const range = { min: 0.5, max: 4 };
  assert.deepEqual(await store.select(`SELECT ${COLUMNS} FROM metrics ORDER BY name, value`), [
    { ...gauge, value: -7 },
    { ...gauge, value: 0.25, attributes: told },
    {
      ...usual,
      name: 'b.sum',
      kind: 'sum',
      value: 12,
      temporality: 'CUMULATIVE',
      is_monotonic: true,
    },
    {
      ...histogram,
      ...range,
      name: 'c.histogram',
      temporality: 'DELTA',
      bucket_counts: ['1', '4'],
      bucket_bounds: [1.5],
    },
    { ...histogram, ...range, name: 'd.exponential' },
  ]);
});
