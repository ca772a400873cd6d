import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Command } from 'commander';
import { addExporter } from './exporter.ts';
import { type ExporterFlags, goFlags, toExporterOptions } from './exporter-flags.ts';
import { ignoredFlags } from './ignored-flags.ts';

const URLS = ['http://127.0.0.1:8222'];

/** Every flag of prometheus-nats-exporter 0.20 but those of its help and version, as manifests write it. */
const HONOURED = [
  ...['-varz', '-connz', '-connz_detailed', '-healthz', '-healthz_js_enabled_only'],
  ...['-healthz_js_server_only', '-gatewayz', '-leafz', '-routez', '-accstatz', '-accountz'],
  ...['-jsz=streams', '-jsz_stream_meta_keys=team', '-jsz_consumer_meta_keys=owner'],
  ...['-prefix=nats', '-use_internal_server_id', '-use_internal_server_name', '-a=::1'],
  ...['-addr=::1', '-p=7000', '-port=7000', '-path=/x', '-tlscert=c', '-tlskey=k', '-tlscacert=ca'],
  ...['-http_user=me', '-http_pass=secret'],
];
const IGNORED = [
  ...['-ri=30', '-l=x.log', '-log=x.log', '-s', '-syslog', '-r=host', '-remote_syslog=host'],
  ...['-D', '-V', '-DV'],
];

/** As the command line is read, without an exporter. */
function parsed(...args: string[]): ExporterFlags {
  const program = new Command();
  addExporter(program);
  const verb = program.commands[0]!.exitOverride().action(() => undefined);
  program.parse(goFlags(['exporter', ...args, ...URLS]), { from: 'user' });
  return verb.opts<ExporterFlags>();
}

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

  for (const flag of [...HONOURED, ...IGNORED]) {
    const isHonoured = HONOURED.includes(flag);
    test(`${flag} is ${isHonoured ? 'honoured' : 'said to be ignored'}`, () => {
      const others = flag.startsWith('-jsz=') ? ['-subz'] : ['-subz', '-jsz=all'];
      const before = toExporterOptions(URLS, parsed(...others));
      const flags = parsed(...others, flag);
      assert[isHonoured ? 'notDeepEqual' : 'deepEqual'](toExporterOptions(URLS, flags), before);
      assert.equal(ignoredFlags(URLS, flags).length, isHonoured ? 0 : 1);
      assert.deepEqual(parsed(...others, ...flag.split('=')), flags);
      if (/^-\w\w/.test(flag) && flag !== '-DV') {
        assert.deepEqual(parsed(...others, `-${flag}`), flags);
      }
    });
  }

  test('-version is the version, wherever it stands', () => {
    assert.deepEqual(goFlags(['exporter', '-varz', '-version']), ['--version']);
    assert.deepEqual(goFlags(['trace', '-version']), ['trace', '-version']);
  });

  test('what Hopline names itself leaves other names and endpoints without meaning: said', () => {
    for (const mode of ['--native', '--surveyor']) {
      const flags = parsed(mode, '-varz', '-jsz=all', '-prefix=nats', '-jsz_stream_meta_keys=team');
      const [line, ...more] = ignoredFlags(URLS, flags);
      assert.match(line!, /^ignored: -varz, -jsz, -jsz_stream_meta_keys, -prefix \(--native and/);
      assert.deepEqual(more, []);
      assert.match(ignoredFlags(['a,http://a:8222'], parsed(mode))[0]!, /the ID before the comma/);
      assert.deepEqual(ignoredFlags(URLS, parsed(mode, '--interval=5s', '--max-series=9')), []);
    }
    assert.deepEqual(ignoredFlags(['a,http://a:8222'], parsed('-varz')), []);
  });

  test('labels of metadata are those of -jsz', () => {
    assert.match(
      ignoredFlags(URLS, parsed('-jsz_consumer_meta_keys=owner'))[0]!,
      /^ignored: -jsz_consumer_meta_keys \(/,
    );
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

  test('details of jsz in the singular, the plural and any case', () => {
    const details = ['account', 'Accounts', 'stream', 'STREAMS', 'consumer', 'consumers', 'all'];
    assert.deepEqual(
      details.map((jsz) => toExporterOptions(URLS, { jsz }).jszDetail),
      [
        ...['accounts', 'accounts', 'streams', 'streams'],
        ...['consumers', 'consumers', 'consumers'],
      ],
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
