import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord } from '@opentelemetry/api-logs';
import { captureConsole } from './console-logs.ts';

function fakeConsole() {
  const written: unknown[][] = [];
  const write = (...args: unknown[]) => void written.push(args);
  const target = { debug: write, log: write, info: write, warn: write, error: write };
  return { written, target: target as unknown as Console, write };
}

test('lines go out with their severity; the output keeps its arguments', () => {
  const { written, target, write } = fakeConsole();
  const records: LogRecord[] = [];
  const stop = captureConsole(target, {
    emit: (record) => void records.push(record),
    enabled: () => true,
  });
  const object = { a: 1 };
  target.log('charged %d', 12, object);
  target.error(new Error('broken'));
  assert.deepEqual(written[0], ['charged %d', 12, object]);
  assert.equal(written[0]?.[2], object);
  assert.equal(records[0]?.body, 'charged 12 { a: 1 }');
  assert.equal(records[0]?.severityText, 'INFO');
  assert.match(String(records[1]?.body), /^Error: broken/);
  assert.equal(records[1]?.severityText, 'ERROR');
  stop();
  assert.equal(target.log, write);
});

test('a pipeline that writes to the console does not feed itself; one that throws is silent', () => {
  const { written, target } = fakeConsole();
  let emitted = 0;
  captureConsole(target, {
    enabled: () => true,
    emit: () => {
      emitted += 1;
      target.log('from the pipeline');
      throw new Error('pipeline');
    },
  });
  target.log('line');
  assert.equal(emitted, 1);
  assert.equal(written.length, 2);
});
