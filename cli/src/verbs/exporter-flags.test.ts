import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { goFlags, toExporterOptions } from './exporter-flags.ts';

const URLS = ['http://127.0.0.1:8222'];

suite('flags of hopline exporter', () => {
  test('one dash is as good as two, and = as a space', () => {
    assert.deepEqual(
      goFlags(['exporter', '-varz', '--connz', '-jsz=all', '-http_user', 'me', '-p=77', '-a', 'x']),
      ['exporter', '--varz', '--connz', '--jsz=all', '--http_user', 'me', '-p', '77', '-a', 'x'],
    );
  });

  test('switches may have a value', () => {
    assert.deepEqual(goFlags(['exporter', '-varz=true', '--connz=false', '-V']), [
      'exporter',
      '--varz',
      '--trace-log',
    ]);
  });

  test('other verbs keep their arguments', () => {
    const args = ['status', '-V', '-url=x', 'exporter'];
    assert.deepEqual(goFlags(args), args);
    assert.deepEqual(goFlags(['--debug', 'exporter', '-varz']), ['--debug', 'exporter', '--varz']);
  });

  test('nothing asked for is varz; jsz alone brings it along', () => {
    assert.deepEqual([...toExporterOptions(URLS, {}).endpoints], ['varz']);
    assert.deepEqual([...toExporterOptions(URLS, { jsz: 'all' }).endpoints], ['varz', 'jsz']);
    assert.deepEqual(
      [...toExporterOptions(URLS, { subz: true, jsz: 'ALL' }).endpoints],
      ['subsz', 'jsz'],
    );
  });

  test('a detail of jsz that means nothing is refused', () => {
    assert.throws(
      () => toExporterOptions(URLS, { jsz: 'everything' }),
      /cannot read -jsz=everything/,
    );
  });

  test('an interval is one in either mode', () => {
    assert.equal(toExporterOptions(URLS, { varz: true }).intervalMs, undefined);
    assert.equal(toExporterOptions(URLS, { varz: true, interval: 5_000 }).intervalMs, 5_000);
  });

  test('a budget of series is one of the native metrics', () => {
    assert.equal(toExporterOptions(URLS, { native: true, maxSeries: 5 }).native?.maxSeries, 5);
    assert.throws(() => toExporterOptions(URLS, { varz: true, maxSeries: 5 }), /--max-series/);
  });

  test('names of surveyor are a sweep under other names', () => {
    assert.equal(toExporterOptions(URLS, {}).native, undefined);
    assert.equal(toExporterOptions(URLS, { native: true }).native?.names, 'hopline');
    const { native } = toExporterOptions(URLS, { surveyor: true, interval: 5_000 });
    assert.deepEqual([native?.names, native?.intervalMs], ['surveyor', 5_000]);
  });

  test('the system account is for a sweep, and for nothing else', () => {
    const nats = ['nats://a:4222'];
    const { native } = toExporterOptions([], { surveyor: true, nats, creds: 'x', natsCa: 'ca' });
    assert.deepEqual(native?.system?.servers, nats);
    assert.deepEqual([native?.system?.creds, native?.system?.tlsCa], ['x', 'ca']);
    assert.equal(toExporterOptions(URLS, { native: true }).native?.system, undefined);
    assert.throws(() => toExporterOptions(URLS, { nats }), /with --native or --surveyor/);
    assert.throws(() => toExporterOptions(URLS, { native: true, user: 'x' }), /without --nats/);
    assert.throws(() => toExporterOptions([], { native: true, nats, probe: true }), /--probe/);
    const jetstream = 'accounts';
    const { native: heard } = toExporterOptions([], { surveyor: true, nats, jetstream });
    assert.equal(heard?.folders?.jetstream, jetstream);
    assert.throws(() => toExporterOptions([], { native: true, nats, jetstream }), /--surveyor/);
    assert.throws(() => toExporterOptions(URLS, { surveyor: true, jetstream }), /--nats/);
  });
});
