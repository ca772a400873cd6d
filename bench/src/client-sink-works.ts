import { createPublisher, type PublisherConnection } from '@hopline/client/publish';
import type { NatsConnection } from '@nats-io/nats-core';
import { NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal';
import { GuardedSubscriptions } from '../../sdk/client/src/connect/guarded-subscriptions.ts';
import type { Contest } from './client-contest.ts';
import { SinkTransport } from './instrumentation-transport.ts';
import { measure, SinkWork } from './instrumentation-work.ts';

const SUBJECT = 'orders.created';
/** Published in one go, as by a service that handles what one read of its socket brought. */
const BURST = 256;

/** The work of the clients alone: no network below them. */
export async function sinkContests(
  sizeBytes: number,
  resources: AsyncDisposableStack,
): Promise<Contest[]> {
  const openSink = async (): Promise<Sink> => {
    const sink = await open();
    resources.defer(async () => await sink.nc.close());
    return sink;
  };
  const payload = new Uint8Array(sizeBytes).fill(120);
  const { nc } = await openSink();
  const publisher = resources.use(await createPublisher(alwaysUp((await openSink()).nc)));
  const guarded = await openSink();
  new GuardedSubscriptions(guarded.nc, (_subject, error) => {
    throw error;
  });
  const bareSubscriber = await openSink();
  const receive = (sink: Sink): SinkWork => new SinkWork('plain', sink.transport, sink.nc);
  const works = { bare: receive(bareSubscriber), client: receive(guarded) };
  return [
    {
      name: 'publish',
      count: 10_240,
      bare: (count) =>
        inBursts(count, () => {
          for (let sent = 0; sent < BURST; sent += 1) nc.publish(SUBJECT, payload);
        }),
      client: (count) =>
        inBursts(count, () => {
          for (let sent = 0; sent < BURST; sent += 1) void publisher.publish(SUBJECT, payload);
        }),
    },
    {
      name: 'subscription with a callback',
      count: 10_240,
      bare: (count) => works.bare.run('receive', sizeBytes, count),
      client: (count) => works.client.run('receive', sizeBytes, count),
    },
  ];
}

async function inBursts(count: number, burst: () => void): ReturnType<typeof measure> {
  return await measure(count, async () => {
    for (let sent = 0; sent < count; sent += BURST) {
      burst();
      await new Promise(setImmediate);
    }
  });
}

interface Sink {
  transport: SinkTransport;
  nc: NatsConnection;
}

async function open(): Promise<Sink> {
  const transport = new SinkTransport();
  setTransportFactory({ factory: () => transport.asTransport() });
  return { transport, nc: await NatsConnectionImpl.connect({ reconnect: false }) };
}

function alwaysUp(nc: NatsConnection): PublisherConnection {
  const undo = (): void => {};
  return { nc, name: 'sink', state: 'connected', onEvent: () => undo, beforeDrain: () => undo };
}
