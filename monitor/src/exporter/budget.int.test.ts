import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNats, waitFor } from '@hopline/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { startWatching } from '../watched.fixture.ts';
import { startExporter } from './exporter.ts';
import { parseExposition, type Scrape, scrape } from './samples.fixture.ts';

/** Old messages of the consumer that catches up: more than it works off while the test looks. */
const OLD = 6_000;
const IDLE = 20;
const INTERVAL_MS = 200;
/** One stream of 10 series, and three consumers of 15. */
const MAX_SERIES = 65;

test('over the budget: a bad verdict comes before a long lag, in the exporter and in the server', {
  timeout: 180_000,
}, async () => {
  await using nats = await startNats();
  await using client = await connect({ servers: nats.url });
  await using _working = await mixed(client);
  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: [nats.monitorUrl],
    endpoints: new Set(),
    native: { intervalMs: INTERVAL_MS, maxSeries: MAX_SERIES },
  });
  await using server = startWatching({
    monitor: { urls: [nats.monitorUrl], intervalMs: INTERVAL_MS, timeoutMs: 5_000 },
    maxSeries: MAX_SERIES,
  });
  for (const [name, ask] of [
    ['exporter', () => scrape(exporter.url)],
    ['server', () => Promise.resolve(parseExposition(server.watch.metricsText()))],
  ] as const) {
    let seen = await ask();
    await waitFor(
      async () => {
        seen = await ask();
        return (
          countOf(seen, 'ok') === IDLE + 1 &&
          ['lagging', 'stalled', 'stopped'].every((verdict) => countOf(seen, verdict) === 1)
        );
      },
      { message: `${name}: verdicts`, timeoutMs: 60_000 },
    );
    assert.deepEqual(verdictsOf(seen), { grows: 'lagging', holds: 'stalled', waits: 'stopped' });
    // All are in the totals, and the longest lag is that of one that has no series.
    const longest = seen.samples.get('hopline_consumers_max_delivery_lag_seconds{}')!;
    const shown = [...seen.samples].flatMap(([key, value]) =>
      key.startsWith('hopline_consumer_delivery_lag_seconds{') ? [value] : [],
    );
    assert.equal(shown.length, 3, name);
    assert.ok(longest > Math.max(...shown), `${name}: ${longest}, ${shown.join()}`);
    assert.equal(seen.samples.get('hopline_series_left_out{kind="consumers"}'), IDLE + 1, name);
  }
});

const countOf = ({ samples }: Scrape, verdict: string): number =>
  samples.get(`hopline_consumers{verdict="${verdict}"}`) ?? Number.NaN;

/** By consumer, of those that have series. */
const verdictsOf = ({ samples }: Scrape): Record<string, string> =>
  Object.fromEntries(
    [...samples.keys()]
      .flatMap((key) => {
        const [, consumer, verdict] =
          /^hopline_consumer_verdict\{.*consumer="(\w+)".*verdict="([\w ]+)"/.exec(key) ?? [];
        return consumer && verdict ? [[consumer, verdict] as const] : [];
      })
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );

/** Consumers of all kinds, at work until it is disposed. */
async function mixed(client: NatsConnection): Promise<AsyncDisposable> {
  const manager = await jetstreamManager(client);
  const { consumers } = jetstream(client);
  const send = (subject: string) => jetstream(client).publish(subject, 'x');
  const add = async (durable_name: string): Promise<void> => {
    await manager.streams.add({ name: durable_name, subjects: [durable_name] });
    await manager.consumers.add(durable_name, { durable_name, ack_policy: 'explicit' });
  };
  for (const name of ['catches_up', 'waits', 'holds', 'grows']) await add(name);
  await manager.streams.add({ name: 'idle', subjects: ['idle'] });
  for (let at = 0; at < IDLE; at++) {
    await manager.consumers.add('idle', { durable_name: `idle_${at}`, ack_policy: 'explicit' });
  }
  for (let at = 0; at < OLD; at++) client.publish('catches_up', 'x');
  await client.flush();
  // Long enough for the old ones to be the oldest in every sweep.
  await sleep(1_000);
  const held = await consumers.get('holds', 'holds');
  await send('holds');
  assert.ok(await held.next());

  const stop = new AbortController();
  const work = async (name: string, pauseMs: number): Promise<void> => {
    const messages = await (await consumers.get(name, name)).consume({ max_messages: 10 });
    stop.signal.addEventListener('abort', () => void messages.close());
    for await (const message of messages) {
      message.ack();
      await sleep(pauseMs);
    }
  };
  const grow = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await send('grows');
      await sleep(20);
    }
  };
  const working = [work('catches_up', 10), work('grows', 300), grow()];
  await send('waits');
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(working);
    },
  };
}
