import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { preloadConfig } from './preload-config.ts';

test('defaults', () => {
  const config = preloadConfig({});
  assert.equal(config.disabled, false);
  assert.equal(config.scheduleDelayMs, 500);
  assert.equal(config.metricIntervalMs, 5000);
  assert.equal(config.endpoints.traces.url.href, 'http://localhost:4318/v1/traces');
  assert.equal(config.endpoints.logs.url.href, 'http://localhost:4318/v1/logs');
  assert.deepEqual(
    [config.traces, config.metrics, config.logs, config.consoleLogs],
    [true, true, true, true],
  );
});

test('the environment wins; nonsense does not', () => {
  const config = preloadConfig({
    OTEL_SDK_DISABLED: 'TRUE',
    OTEL_SERVICE_NAME: '',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_BSP_SCHEDULE_DELAY: '-5',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    HOPLINE_CONSOLE_LOGS: 'false',
  });
  assert.equal(config.disabled, true);
  assert.equal(config.serviceName, undefined);
  assert.equal(config.metrics, false);
  assert.equal(config.scheduleDelayMs, 500);
  assert.equal(config.metricIntervalMs, 1000);
  assert.equal(config.consoleLogs, false);
});

test('endpoints, headers and compression, for all signals and for one', () => {
  const { endpoints } = preloadConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318/base/',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs/exact',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,tenant=a',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'tenant=b',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  });
  assert.equal(endpoints.traces.url.href, 'https://collector:4318/base/v1/traces');
  assert.equal(endpoints.logs.url.href, 'http://logs/exact');
  assert.deepEqual(endpoints.traces.headers, { authorization: 'Bearer x', tenant: 'b' });
  assert.deepEqual(endpoints.logs.headers, { authorization: 'Bearer x', tenant: 'a' });
  assert.equal(endpoints.metrics.gzip, true);
  const { endpoints: broken } = preloadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'not a url' });
  assert.equal(broken.traces.url.href, 'http://localhost:4318/v1/traces');
});

test('the README names every variable that is read', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const source = readFileSync(join(import.meta.dirname, 'preload-config.ts'), 'utf8');
  const read = new Set(source.match(/(?<=env\.)[A-Z_]+/g));
  assert.ok(read.size > 10);
  for (const name of read) {
    const short = name.replace('OTEL_EXPORTER_OTLP', '');
    assert.ok(readme.includes(name) || readme.includes(`\`${short}\``), name);
  }
});

test('metrics go out as OTLP, to Prometheus, both or not at all', () => {
  const chosen = (value?: string) => {
    const { metrics, prometheus } = preloadConfig({ OTEL_METRICS_EXPORTER: value });
    return [metrics, prometheus];
  };
  assert.deepEqual(chosen(), [true, false]);
  assert.deepEqual(chosen('prometheus'), [false, true]);
  assert.deepEqual(chosen('otlp, prometheus'), [true, true]);
  assert.deepEqual(chosen('none'), [false, false]);
});
