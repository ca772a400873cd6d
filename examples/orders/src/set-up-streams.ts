import { setTimeout as sleep } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerConfig,
  type JetStreamManager,
  jetstreamManager,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { StreamSetupError } from './errors.ts';
import {
  DEAD_LETTERS_STREAM,
  INVENTORY_CONSUMER,
  INVENTORY_RESERVED,
  INVENTORY_STREAM,
  ORDER_CREATED,
  ORDERS_STREAM,
  PAYMENT_CAPTURED,
  PAYMENT_CONSUMER,
  PAYMENT_MAX_DELIVER,
  PAYMENTS_STREAM,
  SHIPPING_CONSUMER,
} from './service/names.ts';
import { registerOrderSchemas } from './service-on-client/order-schemas.ts';

/** What the services use: nats.js alone, or `@hopline/client` around it. */
export type OrdersClient = 'nats.js' | 'hopline';

/** A fresh cluster elects its leaders first; until then it refuses to make streams. */
const SETUP_DEADLINE_MS = 30_000;
const RETRY_MS = 250;
const MAX_MESSAGES = 100_000;
const ACK_WAIT_MS = 5_000;
const MAX_ACK_PENDING = 500;
const REPLICAS_OF_A_CLUSTER = 3;

/**
 * Makes the two streams and their durable consumers, on three servers where there are three. Tries until
 * the deadline, or until `signal` is aborted. On `@hopline/client` a third one carries reservations, one more
 * keeps the dead letters, the schema registry has what the messages look like, and the services, not the
 * server, say when an order is given up.
 */
export async function setUpStreams(
  { natsUrls, client }: { natsUrls: readonly string[]; client: OrdersClient },
  signal: AbortSignal,
): Promise<void> {
  const nats = await connect({ servers: [...natsUrls], name: 'orders-setup' });
  const replicas = natsUrls.length >= REPLICAS_OF_A_CLUSTER ? REPLICAS_OF_A_CLUSTER : 1;
  const deadline = Date.now() + SETUP_DEADLINE_MS;
  try {
    const setUp = async (name: string, attempt: () => Promise<void>) =>
      await untilDone(attempt, (error) => {
        signal.throwIfAborted();
        if (Date.now() > deadline) throw new StreamSetupError(name, error);
      });
    for (const plan of plans(replicas, client)) {
      await setUp(plan.stream.name, async () => await apply(await jetstreamManager(nats), plan));
    }
    if (client === 'hopline') {
      await setUp('schemas', async () => await registerOrderSchemas(nats, replicas));
    }
  } finally {
    await nats.close();
  }
}

interface Plan {
  stream: Pick<StreamConfig, 'name'> & Partial<StreamConfig>;
  /** A stream that only keeps has none. */
  consumer?: Partial<ConsumerConfig>;
}

function plans(replicas: number, client: OrdersClient): Plan[] {
  const stream = { storage: StorageType.File, num_replicas: replicas, max_msgs: MAX_MESSAGES };
  const consumer = {
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_ack_pending: MAX_ACK_PENDING,
    max_deliver: client === 'hopline' ? -1 : PAYMENT_MAX_DELIVER,
    // The server measures each ack: there are few.
    sample_freq: '100%',
  };
  const reservations = {
    stream: { ...stream, name: INVENTORY_STREAM, subjects: ['inventory.>'] },
    consumer: {
      ...consumer,
      durable_name: SHIPPING_CONSUMER,
      filter_subject: INVENTORY_RESERVED,
    },
  };
  const deadLetters = { stream: { ...stream, name: DEAD_LETTERS_STREAM, subjects: ['dead.>'] } };
  return [
    {
      stream: { ...stream, name: ORDERS_STREAM, subjects: ['orders.>'] },
      consumer: { ...consumer, durable_name: PAYMENT_CONSUMER, filter_subject: ORDER_CREATED },
    },
    {
      stream: { ...stream, name: PAYMENTS_STREAM, subjects: ['payments.>'] },
      consumer: { ...consumer, durable_name: INVENTORY_CONSUMER, filter_subject: PAYMENT_CAPTURED },
    },
    ...(client === 'hopline' ? [reservations, deadLetters] : []),
  ];
}

/** Both calls succeed when the same stream or consumer is already there. */
async function apply(manager: JetStreamManager, { stream, consumer }: Plan): Promise<void> {
  await manager.streams.add(stream);
  if (consumer !== undefined) await manager.consumers.add(stream.name, consumer);
}

/** `check` sees each failure and throws when it was the last. */
async function untilDone(
  attempt: () => Promise<void>,
  check: (error: unknown) => void,
): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      check(error);
      await sleep(RETRY_MS);
    }
  }
}
