import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Fate, isLost } from '@hopline/model';
import type { MessageSummary } from '@hopline/model/api';
import { type NatsServer, startNats, startProcess, waitFor } from '@hopline/testkit';
import { ask, startUp } from './product.ts';

const HERE = import.meta.dirname;
const PRELOAD = join(HERE, '../../sdk/instrumentation/dist/register.js');
const APP = join(HERE, 'testing/fates-app.mjs');

/** 10,000 messages; behind the colon: how it comes to that fate. */
const SCRIPT = {
  processed: 9_400,
  redelivered: 100,
  failed: 75,
  terminated: 75,
  'dead-lettered': 75,
  expired: 75,
  unconsumed: 75,
  'dropped: no responders': 50,
  'dropped: no subscriber': 50,
  'dropped: slow consumer': 25,
};
const TOTAL = Object.values(SCRIPT).reduce((sum, count) => sum + count, 0);

test('10,000 messages of every fate on a real server: none is told wrong', {
  timeout: 300_000,
}, async (t) => {
  await using nats = await startNats({
    extraConfig: [
      // A slow client loses messages instead of slowing down the publishers, and is not thrown out.
      'no_fast_producer_stall: true',
      'max_pending: 1MB',
      'write_deadline: "120s"',
    ].join('\n'),
  });
  await using sloth = await slowConsumer(nats);
  assert.ok(sloth);
  await using hopline = await startUp([nats], {
    HOPLINE_MONITOR_INTERVAL_MS: '500',
    HOPLINE_INSIGHT_UNCONSUMED_AFTER_SECONDS: '3',
  });
  const { url } = hopline;
  await waitFor(async () => (await ask(url, 'status')).nats.state === 'connected', {
    message: 'NATS',
    timeoutMs: 30_000,
  });

  const since = Date.now();
  await using app = await startProcess({
    name: 'fates-app',
    args: ['--import', PRELOAD, APP],
    env: {
      NATS_URL: nats.url,
      SCRIPT: JSON.stringify(SCRIPT),
      OTEL_SERVICE_NAME: 'fates',
      OTEL_EXPORTER_OTLP_ENDPOINT: hopline.otlpUrl,
      // It publishes faster than any service would: nothing of it may be lost on our side.
      OTEL_BSP_MAX_QUEUE_SIZE: '200000',
      HOPLINE_EXPORT_QUEUE_BYTES: '200000000',
      HOPLINE_FLUSH_TIMEOUT: '60000',
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  });
  const { code } = await app.exited;
  assert.equal(code, 0, app.output());
  assert.match(app.output(), /DONE/);
  t.diagnostic(`published and ended in ${Date.now() - since} ms`);

  let wrong: string[] = [];
  const allTold = async (): Promise<boolean> => {
    const told = await messagesOf(url, since);
    wrong = Object.entries(SCRIPT).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, number) => `${kind} ${number}`).flatMap((key) => {
        const outcome = told.get(key)?.outcome ?? 'not there';
        return outcome === fateOf(kind) ? [] : [`${key}: ${outcome}`];
      }),
    );
    if (wrong.length > 0) return false;
    const lost = [...told.values()].filter(({ outcome }) => isLost(outcome)).length;
    assert.equal(lost, 75 + 75 + 75 + 125, 'lost: dead-lettered, expired, unconsumed, dropped');
    assert.equal(told.size, TOTAL);
    return true;
  };
  await waitFor(allTold, { message: 'all fates', timeoutMs: 90_000, intervalMs: 2_000 }).catch(
    (error: unknown) => {
      assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} wrong: ${String(error)}`);
    },
  );
  t.diagnostic(`all told ${Date.now() - since} ms after the first`);

  // Counted without a message: from rollups, and what the server said of streams and consumers.
  let counts: unknown;
  const allCounted = async (): Promise<boolean> => {
    const query = { from: String(BigInt(since) * 1_000_000n), unhandled: 'true' as const };
    const { unhandled } = await ask(url, 'paths', { query });
    counts = unhandled
      .filter(({ stream }) => stream === 'SHORT' || stream === 'IDLE')
      .map(({ stream, messages, expired, acked }) => ({ stream, messages, expired, acked }))
      .sort((a, b) => a.stream.localeCompare(b.stream));
    return isDeepStrictEqual(counts, [
      { stream: 'IDLE', messages: 75, expired: 0, acked: 0 },
      { stream: 'SHORT', messages: 75, expired: 75, acked: 0 },
    ]);
  };
  const patience = { message: 'all counts', timeoutMs: 60_000, intervalMs: 2_000 };
  await waitFor(allCounted, patience).catch((error: unknown) =>
    assert.fail(`${JSON.stringify(counts)}: ${String(error)}`),
  );
  t.diagnostic(`all counted ${Date.now() - since} ms after the first`);
});

const fateOf = (kind: string): Fate => kind.split(':')[0] as Fate;

/** Every message of the application by its `Nats-Msg-Id`. */
async function messagesOf(url: string, sinceMs: number): Promise<Map<string, MessageSummary>> {
  const found = new Map<string, MessageSummary>();
  const from = String(BigInt(sinceMs) * 1_000_000n);
  let cursor: string | undefined;
  do {
    const query = { from, limit: 1000, ...(cursor === undefined ? {} : { cursor }) };
    const page = await ask(url, 'messages', { query });
    for (const message of page.messages) {
      if (message.messageKey !== '') found.set(message.messageKey, message);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

/** Bytes from which the server drops messages for a client: three quarters of max_pending. */
const FAR_BEHIND = 0.75 * 1024 * 1024;

/** A client that subscribes to `slow.>` and never reads, already as far behind as the server allows. */
async function slowConsumer(nats: NatsServer): Promise<AsyncDisposable> {
  const sloth = await rawClient(nats, 'sloth');
  sloth.write('SUB slow.> 1\r\nPING\r\n');
  await once(sloth, 'data');
  sloth.pause();
  const filler = await rawClient(nats, 'filler');
  const body = 'x'.repeat(32_768);
  const pending = async (): Promise<number> => {
    const response = await fetch(`${nats.monitorUrl}/connz`);
    const { connections } = (await response.json()) as Connz;
    return connections.find(({ name }) => name === 'sloth')?.pending_bytes ?? 0;
  };
  const fill = (): void => {
    for (let count = 0; count < 64; count++) {
      filler.write(`PUB slow.filler ${body.length}\r\n${body}\r\n`);
    }
  };
  // What the kernel takes before the server notices differs from machine to machine, and it takes more
  // when it likes: far behind is who stays so without being sent any more.
  const stays = async (): Promise<boolean> => {
    for (let look = 0; look < 10; look++) {
      if ((await pending()) <= FAR_BEHIND) return false;
      await setTimeout(100);
    }
    return true;
  };
  await waitFor(
    async () => {
      if (await stays()) return true;
      fill();
      return false;
    },
    { message: 'a client that is far behind', timeoutMs: 60_000 },
  );
  // Whatever the kernel takes from now on is made up for; what is too much the server drops.
  const topUp = setInterval(fill, 250);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(topUp);
      filler.destroy();
      sloth.destroy();
    },
  };
}

interface Connz {
  connections: { name: string; pending_bytes: number }[];
}

async function rawClient(nats: NatsServer, name: string): Promise<Socket> {
  const socket = connectSocket(nats.port, '127.0.0.1');
  await once(socket, 'data');
  socket.write(`CONNECT ${JSON.stringify({ verbose: false, name, headers: true })}\r\n`);
  return socket;
}
