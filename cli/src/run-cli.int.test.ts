import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tempDir } from '@hopline/testkit';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const VERBS = [
  'up',
  'demo',
  'trace',
  'messages',
  'status',
  'exporter',
  'lint-rules',
  'top',
  'lag',
  'servers',
  'schema',
  'subjects',
  'paths',
  'latency',
  'nats-config',
];
const NOBODY = 'http://127.0.0.1:1';

suite('the command line', { concurrency: 2, timeout: 300_000 }, () => {
  test('--help lists every verb', async () => {
    const { code, stdout } = await hopline('--help');
    assert.equal(code, 0);
    for (const verb of VERBS) assert.match(stdout, new RegExp(`^ {2}${verb}\\b`, 'm'));
  });

  for (const verb of VERBS) {
    test(`${verb} --help has examples`, async () => {
      const { code, stdout, stderr } = await hopline(verb, '--help');
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.match(stdout, new RegExp(`^Examples:\n {2}\\$ hopline ${verb}`, 'm'));
    });
  }

  test('--version', async () => {
    const { code, stdout } = await hopline('--version');
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test('wrong usage is exit code 2 and one clear line', async () => {
    for (const [args, message] of [
      [['nonsense'], "unknown command 'nonsense'"],
      [['trace'], "missing required argument 'id'"],
      [['up', '--port', '65536'], 'A port is a whole number from 0 to 65535.'],
      [['demo', '--duration', 'soon'], 'Write it as 30s, 5m or 1h'],
      [['demo', '--rate', '0'], 'More than 0'],
      [['messages', '--outcome', 'lost'], 'Allowed choices are processed'],
      [['messages', '--stage', 'waiting'], 'Allowed choices are send'],
      [['messages', '--min', '500'], 'Write it as 20us, 500ms'],
      [['messages', '--limit', '0'], 'A whole number from 1 to 1000.'],
    ] as const) {
      const { code, stdout, stderr } = await hopline(...args);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, args.join(' '));
      assert.ok(stderr.startsWith('hopline: ') && stderr.includes(message), stderr);
    }
  });

  test('no server: exit code 1, how to start one, and the stack only on demand', async () => {
    const { code, stderr } = await hopline('status', '--url', NOBODY);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^hopline: cannot reach Hopline at [^\n]+start it with "hopline up"[^\n]+\n$/,
    );
    const debugged = await hopline('--debug', 'status', '--url', NOBODY);
    assert.match(debugged.stderr, /\n {4}at /);
  });

  test('HOPLINE_URL names the server', async () => {
    const { stderr } = await hopline.with({ HOPLINE_URL: 'http://127.0.0.1:2' })('status');
    assert.match(stderr, /cannot reach Hopline at http:\/\/127\.0\.0\.1:2/);
  });

  for (const [flag, ...args] of [
    ['--port', 'exporter', '-a', '127.0.0.1', '-p', 'TAKEN', NOBODY],
    ['--port', 'up', '--port', 'TAKEN', '--otlp-http-port', '0', '--otlp-grpc-port', '0'],
    ['--otlp-grpc-port', 'up', '--port', '0', '--otlp-http-port', '0', '--otlp-grpc-port', 'TAKEN'],
  ] as const) {
    test(`${args[0]}, a port that is taken: one line, with ${flag} to choose another`, async () => {
      await using data = await tempDir('taken');
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const env = { HOPLINE_DATA_DIR: data.path, HOPLINE_LOG_LEVEL: 'silent' };
      const { code, stderr } = await hopline.with(env)(
        ...args.map((arg) => (arg === 'TAKEN' ? String(port) : arg)),
      );
      server.close();
      assert.equal(code, 1, stderr);
      const line = `^hopline: cannot listen on 127.0.0.1:${port}\\b.*\\btaken by another process.*\n$`;
      // Where the UI was not built yet, that is said before.
      assert.match(stderr.replaceAll(/^hopline: building .*\n/gm, ''), new RegExp(line));
      assert.match(stderr, new RegExp(`[ ]${flag}\\b`));
    });
  }

  test('exporter says which flags are ignored, and why', async () => {
    // It would run until it is stopped: half a pair of TLS files ends it.
    const { stderr } = await hopline(
      'exporter',
      '--native',
      '-varz',
      '-ri=30',
      '-tlskey=x',
      NOBODY,
    );
    assert.match(
      stderr,
      /^hopline: ignored: -varz \(--native .+\)\nhopline: ignored: -ri \(.+\)\nhopline: cannot serve TLS.+\n$/,
    );
  });

  test('demo refuses a taken UI port before it starts anything', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    const { code, stdout, stderr } = await hopline('demo', '--port', String(address.port));
    server.close();
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(
      stderr,
      new RegExp(`^hopline: cannot serve the UI on port ${address.port}: .+\n$`),
    );
  });

  test('https to a server without TLS: what to change', async () => {
    const server = createHttpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await hopline('status', '--url', `https://127.0.0.1:${port}`);
    server.close();
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^hopline: cannot reach Hopline at [^\n]+ not speak TLS, try http:[^\n]+\n$/,
    );
  });
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

const hopline = Object.assign((...args: string[]) => run(args, {}), {
  with:
    (env: Record<string, string>) =>
    (...args: string[]) =>
      run(args, env),
});

async function run(args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const child = spawn(process.execPath, ['--conditions=hopline-source', MAIN, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
