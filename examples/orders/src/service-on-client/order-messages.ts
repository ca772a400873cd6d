import type { Publisher, PublishOutcome } from '@hopline/client/publish';
import { schemaMessages } from '@hopline/client/schemas';
import type { MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import type { Order } from '../service/order.ts';
import { openOrderRegistry } from './order-schemas.ts';

/** Orders in messages that name the version of their schema. */
export interface OrderMessages {
  /** Throws EncodeFailed when the order does not fit. */
  publish(publisher: Publisher, message: OrderMessage): Promise<PublishOutcome>;
  /** Throws DecodeFailed. */
  read(message: { headers?: MsgHdrs | undefined; data: Uint8Array }): Promise<Order>;
}

export interface OrderMessage {
  subject: string;
  order: Order;
  messageId: string;
  /** Which version of the subject's schema the service was built for. Default 1. */
  version?: number;
}

export async function openOrderMessages(nats: NatsConnection): Promise<OrderMessages> {
  const registry = await openOrderRegistry(nats);
  // A version never changes: nothing to ask for again.
  const messages = await schemaMessages({ registry, refreshMs: Number.POSITIVE_INFINITY });
  return {
    publish: async (publisher, { subject, order, messageId, version = 1 }) => {
      const { headers, data } = await messages.encode(subject, order, version);
      return await publisher.publish(subject, data, { headers, messageId });
    },
    read: async (message) => (await messages.decode<Order>(message)).value,
  };
}
