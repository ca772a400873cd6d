import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { CLI, startUp } from './product.ts';

/** util-linux; the one of the BSDs takes its command in another way. */
const HAS_SCRIPT = /util-linux/.test(spawnSync('script', ['--version']).stdout?.toString() ?? '');
const ESCAPE = '\u001b';

test('hopline top on a terminal: sorts, turns, holds, says what is wrong, and leaves it as it was', {
  timeout: 180_000,
  skip: HAS_SCRIPT ? false : 'script of util-linux, which makes a terminal, is not installed',
}, async () => {
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url });
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'ORDERS', subjects: ['orders.>'] });
  for (const [durable_name, filter_subject] of [
    ['few', 'orders.few'],
    ['many', 'orders.many'],
  ] as const) {
    await manager.consumers.add('ORDERS', { durable_name, filter_subject, ack_policy: 'explicit' });
  }
  for (const subject of ['orders.few', 'orders.many', 'orders.many', 'orders.many']) {
    await jetstream(client).publish(subject, 'x');
  }
  await using server = await startUp([nats], { HOPLINE_MONITOR_INTERVAL_MS: '500' });
  const { url } = server;
  await waitFor(async () => (await (await fetch(`${url}/metrics`)).text()).includes('"many"'), {
    message: 'the consumers',
    timeoutMs: 60_000,
  });

  await using screen = new Screen(['top', '--url', url, '--every', '1s']);
  await screen.shows(/^consumers by lag/m);
  for (let column = 0; column < 20 && !/by backlog/.test(screen.text()); column++) {
    const before = screen.text();
    screen.press('>');
    await screen.shows(/^consumers by /m, (text) => text !== before);
  }
  const order = /\bmany\b[\s\S]*\bfew\b/;
  await screen.shows(order);
  screen.press('r');
  await screen.shows(/by backlog, reversed/);
  await screen.shows(/\bfew\b[\s\S]*\bmany\b/);
  screen.press('s');
  await screen.shows(/^servers by in\b/m);
  await screen.shows(/^\s*nats\b/m);
  screen.press(`${ESCAPE}[D`);
  await screen.shows(/^servers by (?!in\b)/m);
  screen.press(' ');
  await screen.shows(/held/);
  screen.press(' ');
  await screen.shows(/^(?![\s\S]*held)/);
  await server.process.stop();
  await screen.shows(/cannot reach|not answer|refused/i);
  screen.press('q');
  assert.equal(await screen.exitCode(), 0);
  // Cursor shown and the first screen again, and nothing after it.
  assert.ok(screen.written().trimEnd().endsWith(`${ESCAPE}[?25h${ESCAPE}[?1049l`));
});

/** A pseudo-terminal of 24 rows and 110 columns with one `hopline` command in it. */
class Screen implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #written = '';

  constructor(args: readonly string[]) {
    const words = [process.execPath, '--conditions=hopline-source', CLI, ...args];
    const command = `stty rows 24 cols 110; exec ${words.map((word) => `'${word}'`).join(' ')}`;
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#written += bytes.toString();
    });
    this.#ended = once(this.#child, 'exit').then(([code]: unknown[]) => code as number | null);
  }

  written(): string {
    return this.#written;
  }

  /** The last whole picture, without colours. */
  text(): string {
    const pictures = this.#written.split(`${ESCAPE}[H`);
    const whole = pictures.findLast((picture, at) => at > 0 && picture.split('\r\n').length >= 24);
    return (whole ?? '').replaceAll(new RegExp(`${ESCAPE}\\[[0-9;?]*[a-zA-Z]`, 'g'), '');
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  async shows(pattern: RegExp, also: (text: string) => boolean = () => true): Promise<void> {
    await waitFor(() => pattern.test(this.text()) && also(this.text()), {
      message: `${pattern}`,
      timeoutMs: 30_000,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.text()}`);
    });
  }

  async exitCode(): Promise<number | null> {
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
  }
}
