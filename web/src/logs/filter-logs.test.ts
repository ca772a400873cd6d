import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '@hopline/model/api';
import { filterLogs } from './filter-logs.ts';

const record = (body: string, severityNumber: number, service: string): LogRecord => ({
  time: '1',
  service,
  severity: '',
  severityNumber,
  body,
  traceId: null,
  spanId: null,
  attributes: { 'order.id': body },
});

const RECORDS = [
  record('Order 4711', 9, 'a'),
  record('declined', 17, 'b'),
  record('retry', 13, 'a'),
];
const bodies = (filter: Partial<Parameters<typeof filterLogs>[1]>): string[] =>
  filterLogs(RECORDS, { text: '', service: null, minSeverity: 0, ...filter }).map(
    ({ body }) => body,
  );

test('every part of the filter must pass', () => {
  assert.deepEqual(bodies({}), ['Order 4711', 'declined', 'retry']);
  assert.deepEqual(bodies({ minSeverity: 13 }), ['declined', 'retry']);
  assert.deepEqual(bodies({ service: 'a', minSeverity: 13 }), ['retry']);
  assert.deepEqual(bodies({ text: 'ORDER' }), ['Order 4711']);
});
