import { randomUUID } from 'node:crypto';
import { connect } from '@hopline/client/connect';
import { consume } from '@hopline/client/consume';
import { createPublisher } from '@hopline/client/publish';
import { AckPolicy, type JetStreamClient, jetstream, StorageType } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect as connectBare } from '@nats-io/transport-node';
import { type Contest, fromFirstToLast, type Work } from './client-contest.ts';
import { measure } from './instrumentation-work.ts';

const IN_FLIGHT = 64;
const BURST = 256;
const STORED = 5_000;

/** With a real server on this machine. */
export async function serverContests(
  url: string,
  sizeBytes: number,
  resources: AsyncDisposableStack,
): Promise<Contest[]> {
  const payload = new Uint8Array(sizeBytes).fill(120);
  const nc = await connectBare({ servers: url });
  resources.defer(async () => await nc.close());
  const connection = resources.use(await connect({ name: 'bench', servers: url }));
  const js = { bare: jetstream(nc), client: jetstream(connection.nc) };
  await setUpStreams(js.bare, payload);
  // All of a round may wait for its PONG, on a machine that has other things to do.
  const core = await createPublisher(connection, { maxMessages: 20_000 });
  const inTurn = await createPublisher(connection, { jetstream: js.client });
  const many = await createPublisher(connection, {
    jetstream: js.client,
    maxInFlight: IN_FLIGHT,
  });
  const publishBare = async (): Promise<unknown> =>
    await js.bare.publish('sent.js', payload, { msgID: randomUUID() });
  const reading = (handler: () => Promise<void> | undefined): Pick<Contest, 'bare' | 'client'> => ({
    bare: (count) => fromFirstToLast(count, (seen) => readBare(js.bare, handler, seen)),
    client: (count) =>
      fromFirstToLast(count, (seen) =>
        consume(connection, {
          jetstream: js.client,
          stream: 'STORED',
          consumer: randomUUID(),
          config: { mem_storage: true, inactive_threshold: 30e9 },
          handler: () => {
            seen();
            return handler();
          },
        }),
      ),
  });
  return [
    {
      name: 'publish',
      count: 10_240,
      bare: toServer(nc, () => nc.publish('nobody.listens', payload)),
      client: toServer(connection.nc, () => void core.publish('nobody.listens', payload)),
    },
    {
      name: 'publish to a stream, each awaited',
      count: 200,
      bare: each(publishBare),
      client: each(() => inTurn.publish('sent.js', payload)),
    },
    {
      name: `publish to a stream, ${IN_FLIGHT} on their way`,
      count: 2_560,
      bare: pooled(publishBare),
      client: pooled(() => many.publish('sent.js', payload)),
    },
    { name: 'consume, handler done at once', count: STORED, ...reading(() => undefined) },
    { name: 'consume, async handler', count: STORED, ...reading(async () => {}) },
  ];
}

async function setUpStreams(js: JetStreamClient, payload: Uint8Array): Promise<void> {
  const jsm = await js.jetstreamManager();
  const memory = { storage: StorageType.Memory, num_replicas: 1 };
  await jsm.streams.add({ ...memory, name: 'SENT', subjects: ['sent.>'], max_msgs: 10_000 });
  await jsm.streams.add({ ...memory, name: 'STORED', subjects: ['stored.>'] });
  const all = Array.from({ length: STORED }, () => js.publish('stored.a', payload));
  await Promise.all(all);
}

function toServer(nc: NatsConnection, publish: () => void): Work {
  return async (count) =>
    await measure(count, async () => {
      for (let sent = 0; sent < count; ) {
        for (const end = sent + BURST; sent < end; sent += 1) publish();
        await new Promise(setImmediate);
      }
      await nc.flush();
    });
}

function each(publish: () => Promise<unknown>): Work {
  return async (count) =>
    await measure(count, async () => {
      for (let sent = 0; sent < count; sent += 1) await publish();
    });
}

function pooled(publish: () => Promise<unknown>): Work {
  return async (count) => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await publish();
    };
    return await measure(count, async () => {
      await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    });
  };
}

/** As one writes it with nats.js, and its own defaults. */
function readBare(
  js: JetStreamClient,
  handler: () => Promise<void> | undefined,
  seen: () => void,
): { stop(): Promise<unknown> } {
  const opened = (async () => {
    const jsm = await js.jetstreamManager();
    const { name } = await jsm.consumers.add('STORED', {
      ack_policy: AckPolicy.Explicit,
      mem_storage: true,
      inactive_threshold: 30e9,
    });
    return await (await js.consumers.get('STORED', name)).consume();
  })();
  void opened.then(async (messages) => {
    for await (const message of messages) {
      seen();
      const running = handler();
      if (running !== undefined) await running;
      message.ack();
    }
  });
  return { stop: async () => await (await opened).close() };
}
