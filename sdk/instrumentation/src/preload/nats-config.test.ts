import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { chosenInstrumentations, hasOtherSetup } from './instrumentation-choice.ts';
import { natsConfig } from './nats-config.ts';

test('defaults stay where nothing, or nonsense, is set', () => {
  const unset = {
    createSpans: true,
    publishTimeHeader: false,
    subjectTemplates: [],
    captureHeaders: [],
    denyHeaders: [],
  };
  assert.deepEqual(natsConfig({}), unset);
  const nonsense = { HOPLINE_NATS_PROCESS_RELATION: 'uncle', HOPLINE_NATS_PARENT_MAX_AGE: '-1' };
  assert.deepEqual(natsConfig(nonsense), unset);
});

test('every variable', () => {
  const config = natsConfig({
    HOPLINE_NATS_PROCESS_RELATION: 'link',
    HOPLINE_NATS_PARENT_MAX_AGE: '0',
    HOPLINE_NATS_CREATE_SPANS: 'false',
    HOPLINE_NATS_PUBLISH_TIME_HEADER: 'true',
    HOPLINE_NATS_SUBJECT_TEMPLATES: 'tenants.*.>, a.*',
    HOPLINE_NATS_CAPTURE_HEADERS: 'x-*, tenant ,',
    HOPLINE_NATS_DENY_HEADERS: 'x-internal',
  });
  assert.deepEqual(config, {
    processRelation: 'link',
    parentMaxAgeMs: 0,
    createSpans: false,
    publishTimeHeader: true,
    subjectTemplates: ['tenants.*.>', 'a.*'],
    captureHeaders: ['x-*', 'tenant'],
    denyHeaders: ['x-internal'],
  });
});

test('instrumentations are chosen as with the preload of OpenTelemetry', () => {
  const names = ['http', 'undici', 'nats', 'pino', 'winston'] as const;
  const chosen = (env: NodeJS.ProcessEnv) => names.filter(chosenInstrumentations(env));
  assert.deepEqual(chosen({}), [...names]);
  assert.deepEqual(chosen({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'nats,pino' }), ['nats', 'pino']);
  assert.deepEqual(chosen({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http, undici' }), [
    'nats',
    'pino',
    'winston',
  ]);
});

test('the preload of OpenTelemetry is another setup, however it is given', () => {
  const register = '@opentelemetry/auto-instrumentations-node/register';
  assert.equal(hasOtherSetup({}, []), false);
  assert.equal(hasOtherSetup({}, ['--require', register]), true);
  assert.equal(hasOtherSetup({}, [`--import=/app/node_modules/${register}.js`]), true);
  assert.equal(hasOtherSetup({ NODE_OPTIONS: `--import ${register}` }, []), true);
});

test('the README names every variable of the NATS instrumentation', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  for (const file of ['nats-config.ts', 'instrumentation-choice.ts']) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8');
    for (const name of source.match(/(?<=env\.)(HOPLINE|OTEL)_[A-Z_]+/g) ?? []) {
      assert.ok(readme.includes(name), name);
    }
  }
});
