import type { MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { isHeaderAlone, type Mode, SAMPLED_PER_MILLE } from './instrumentation-modes.ts';

const SUBJECT = 'orders.created';
const FEED = 'bench.feed';
const FLUSH_EVERY = 1000;
const TICK_MS = 1;

/** Throughput against a real server: messages a second. */
export async function publishToServer(
  nc: NatsConnection,
  { mode, sizeBytes, count }: { mode: Mode; sizeBytes: number; count: number },
): Promise<number> {
  const [sampled, dropped] = [
    { headers: await contextHeaders('01') },
    { headers: await contextHeaders('00') },
  ];
  const carried = (sent: number) => (isSampled(sent, mode) ? sampled : dropped);
  const optionsOf = isHeaderAlone(mode) ? carried : () => undefined;
  const payload = new Uint8Array(sizeBytes).fill(120);
  const start = performance.now();
  for (let sent = 1; sent <= count; sent += 1) {
    nc.publish(SUBJECT, payload, optionsOf(sent));
    if (sent % FLUSH_EVERY === 0) await nc.flush();
  }
  await nc.flush();
  return (count * 1000) / (performance.now() - start);
}

function isSampled(sent: number, mode: Mode): boolean {
  return sent % 1000 < SAMPLED_PER_MILLE[mode];
}

/** The same for messages that another process sends, from the first to the last. */
export async function receiveFromServer(
  nc: NatsConnection,
  { mode, sizeBytes, count }: { mode: Mode; sizeBytes: number; count: number },
): Promise<number> {
  const finished = Promise.withResolvers<number>();
  let received = 0;
  let start = 0;
  const subscription = nc.subscribe(SUBJECT, {
    callback: () => {
      if (received === 0) start = performance.now();
      received += 1;
      if (received === count) finished.resolve((count * 1000) / (performance.now() - start));
    },
  });
  await nc.flush();
  const order: FeedOrder = { sizeBytes, count, sampledPerMille: SAMPLED_PER_MILLE[mode] };
  nc.publish(FEED, JSON.stringify(order));
  const rate = await finished.promise;
  subscription.unsubscribe();
  return rate;
}

interface FeedOrder {
  sizeBytes: number;
  count: number;
  sampledPerMille: number;
}

/** Makes this process the publisher that `receiveFromServer` asks; it is not instrumented. */
export async function feedOnDemand(nc: NatsConnection): Promise<void> {
  const [sampled, dropped] = [await contextHeaders('01'), await contextHeaders('00')];
  nc.subscribe(FEED, {
    callback: (_error, message) => void feed(message.json<FeedOrder>()),
  });
  await nc.flush();

  async function feed({ sizeBytes, count, sampledPerMille }: FeedOrder): Promise<void> {
    const payload = new Uint8Array(sizeBytes).fill(120);
    for (let sent = 1; sent <= count; sent += 1) {
      const isSampled = sent % 1000 < sampledPerMille;
      nc.publish(SUBJECT, payload, { headers: isSampled ? sampled : dropped });
      if (sent % FLUSH_EVERY === 0) await nc.flush();
    }
  }
}

async function contextHeaders(flags: '00' | '01'): Promise<MsgHdrs> {
  const { headers } = await import('@nats-io/nats-core');
  const carried = headers();
  carried.set('traceparent', `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`);
  return carried;
}

/** Milliseconds from publish to handler at a steady rate, both ends in this process. */
export async function latency(
  nc: NatsConnection,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<{ p50Ms: number; p99Ms: number }> {
  const total = perSecond * seconds;
  const samples = new Float64Array(total);
  const done = Promise.withResolvers<void>();
  let received = 0;
  const subscription = nc.subscribe('latency', {
    callback: (_error, message) => {
      const { data } = message;
      samples[received] =
        performance.now() - new DataView(data.buffer, data.byteOffset).getFloat64(0);
      received += 1;
      if (received === total) done.resolve();
    },
  });
  await nc.flush();
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(total, ((performance.now() - start) * perSecond) / 1000);
    for (; sent < due; sent += 1) {
      const payload = new Uint8Array(256);
      new DataView(payload.buffer).setFloat64(0, performance.now());
      nc.publish('latency', payload);
    }
    if (sent >= total) clearInterval(timer);
  }, TICK_MS);
  await done.promise;
  subscription.unsubscribe();
  samples.sort();
  return { p50Ms: samples[total >> 1] ?? 0, p99Ms: samples[Math.floor(total * 0.99)] ?? 0 };
}
