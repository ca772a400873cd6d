import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';

const NAME = 'UNACKED';
const SAMPLES = 10;
const PUBLISH_BURST = 1000;
const NS_PER_HOUR = 3600 * 1e9;

/** Bytes of live heap after each tenth of `count` messages that are taken and never acknowledged. */
export async function heapOfUnacked(
  nc: NatsConnection,
  count: number,
  settled: () => Promise<void>,
): Promise<number[]> {
  const jsm = await jetstreamManager(nc);
  await jsm.streams.add({ name: NAME, subjects: [NAME], storage: StorageType.Memory });
  await jsm.consumers.add(NAME, {
    durable_name: 'worker',
    ack_policy: AckPolicy.Explicit,
    ack_wait: NS_PER_HOUR,
    max_ack_pending: -1,
  });
  const consumer = await jetstream(nc).consumers.get(NAME, 'worker');
  const part = Math.ceil(count / SAMPLES);
  const liveBytes: number[] = [];
  const sample = async (): Promise<void> => {
    await settled();
    globalThis.gc?.();
    liveBytes.push(process.memoryUsage().heapUsed);
  };
  // Before the first sample, so that it holds what the process keeps anyway.
  await take(part);
  await sample();
  for (let at = 0; at < SAMPLES; at += 1) {
    await take(part);
    await sample();
  }
  await jsm.streams.delete(NAME);
  return liveBytes;

  async function take(messages: number): Promise<void> {
    for (let sent = 0; sent < messages; sent += 1) {
      nc.publish(NAME, 'x');
      if (sent % PUBLISH_BURST === 0) await nc.flush();
    }
    let taken = 0;
    for await (const _message of await consumer.consume({ max_messages: PUBLISH_BURST })) {
      taken += 1;
      if (taken === messages) break;
    }
  }
}
