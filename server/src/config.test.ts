import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadConfig, settings } from './config.ts';

describe('where a value comes from', () => {
  test('defaults', () => {
    const config = loadConfig({}, {});
    assert.equal(config.http.port, 7070);
    assert.equal(config.otlp.maxRequestBytes, 64 * 1024 * 1024);
    assert.deepEqual(config.nats.servers, []);
    assert.equal(config.nats.creds, undefined);
  });

  test('the environment: numbers, lists, words', () => {
    const config = loadConfig(
      {},
      {
        HOPLINE_DATA_DIR: '/var/lib/hopline',
        HOPLINE_OTLP_HTTP_PORT: '14318',
        HOPLINE_JOURNAL_SEGMENT_SPANS: '100',
        HOPLINE_NATS_SERVERS: 'nats://a:4222, nats://b:4222,',
        HOPLINE_LOG_LEVEL: 'debug',
        HOPLINE_NATS_TLS_CA: '/ca.pem',
        HOPLINE_HTTP_HOST: '',
        OTHER: 'x',
      },
    );
    assert.equal(config.dataDir, '/var/lib/hopline');
    assert.equal(config.otlp.httpPort, 14318);
    assert.equal(config.journal.segmentSpans, 100);
    assert.deepEqual(config.nats.servers, ['nats://a:4222', 'nats://b:4222']);
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.nats.tlsCa, '/ca.pem');
    assert.equal(config.http.host, '127.0.0.1', 'an empty variable is one that is not set');
  });

  test('what the caller gives goes before the environment, and is left as it was', () => {
    const input = { http: { port: 1 } };
    const env = { HOPLINE_HTTP_PORT: '2', HOPLINE_HTTP_HOST: '::1' };
    assert.deepEqual(
      { ...loadConfig(input, env).http },
      { host: '::1', port: 1, allowedHosts: [], maxLiveClients: 100 },
    );
    assert.deepEqual(input, { http: { port: 1 } });
  });
});

describe('a value that cannot be used is told with setting, variable and value', () => {
  const CASES: [Record<string, string>, RegExp][] = [
    [
      { HOPLINE_HTTP_PORT: 'abc' },
      /^cannot use setting http\.port \(HOPLINE_HTTP_PORT\): .*, received "abc"$/,
    ],
    [{ HOPLINE_HTTP_PORT: '70000' }, /65535, received "70000"/],
    [{ HOPLINE_LOG_LEVEL: 'loud' }, /logLevel \(HOPLINE_LOG_LEVEL\): .*"debug".*, received "loud"/],
    [{ HOPLINE_JOURNAL_MAX_BYTES: '-1' }, /journal\.maxBytes \(HOPLINE_JOURNAL_MAX_BYTES\)/],
    [{ HOPLINE_OTLP_MAX_REQUEST_BYTES: '1e999' }, /otlp\.maxRequestBytes/],
    [
      { HOPLINE_SCHEMAS_CONFLUENT_API: 'write' },
      /schemas\.confluentPassword \(HOPLINE_SCHEMAS_CONFLUENT_PASSWORD\): .*write needs one/,
    ],
    [
      {
        HOPLINE_SCHEMAS_CONFLUENT_API: 'write',
        HOPLINE_SCHEMAS_CONFLUENT_PASSWORD: 'short',
      },
      /confluentPassword.*, received \(not shown\)$/,
    ],
  ];
  for (const [env, message] of CASES) {
    test(JSON.stringify(env), () => {
      assert.throws(() => loadConfig({}, env), {
        name: 'ConfigInvalid',
        code: 'config_invalid',
        message,
      });
    });
  }

  test('all bad values at once, one a line', () => {
    const env = { HOPLINE_HTTP_PORT: 'a', HOPLINE_OTLP_GRPC_PORT: 'b' };
    assert.throws(() => loadConfig({}, env), /http\.port.*\n.*otlp\.grpcPort/);
  });

  test('secrets are not shown', () => {
    const input = { nats: { password: 5 as never, token: {} as never } };
    assert.throws(
      () => loadConfig(input, {}),
      /password.*received \(not shown\)\n.*token.*\(not shown\)/,
    );
  });
});

test('every setting has a variable of its own and a line of why', () => {
  const all = settings();
  assert.equal(new Set(all.map((one) => one.env)).size, all.length);
  for (const { env, description } of all) {
    assert.match(env, /^HOPLINE_[A-Z]+(_[A-Z]+)*$/);
    assert.ok(description.length > 5, `${env} has no description`);
  }
  const port = all.find((one) => one.path === 'otlp.httpPort');
  assert.deepEqual(port, {
    path: 'otlp.httpPort',
    env: 'HOPLINE_OTLP_HTTP_PORT',
    description: 'OTLP/HTTP, the number every SDK defaults to.',
    defaultValue: 4318,
    isList: false,
  });
  assert.ok(all.find((one) => one.path === 'nats.servers')!.isList);
});
