import { json } from '@hopline/client/codecs/json';
import { SchemaRegistry } from '@hopline/client/schemas';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import {
  INVENTORY_RESERVED,
  ORDER_CREATED,
  ORDER_SHIPPED,
  PAYMENT_CAPTURED,
  PAYMENT_DECLINED,
} from '../service/names.ts';
import { ORDER_SCHEMA } from '../service/order.ts';

const BUCKET = 'schemas';

/** What travels about an order: as it was posted, with its id. */
const ORDER_MESSAGE = {
  ...ORDER_SCHEMA,
  required: ['orderId', ...ORDER_SCHEMA.required],
  properties: { orderId: { type: 'string', format: 'uuid' }, ...ORDER_SCHEMA.properties },
};

/** Its second version says who carries it; what was written in the first fits it, too. */
const SHIPPED_ORDER_MESSAGE = {
  ...ORDER_MESSAGE,
  properties: { ...ORDER_MESSAGE.properties, carrier: { type: 'string', minLength: 1 } },
};

const SUBJECTS = [
  ORDER_CREATED,
  PAYMENT_CAPTURED,
  PAYMENT_DECLINED,
  INVENTORY_RESERVED,
  ORDER_SHIPPED,
];

/** Makes the registry and registers every version, oldest first; does nothing for what is there already. */
export async function registerOrderSchemas(nats: NatsConnection, replicas: number): Promise<void> {
  const bucket = await new Kvm(nats).create(BUCKET, { replicas });
  const registry = new SchemaRegistry({ bucket, formats: [json] });
  const register = async (subject: string, schema: object) =>
    await registry.register(subject, { format: 'json', text: JSON.stringify(schema) });
  for (const subject of SUBJECTS) await register(subject, ORDER_MESSAGE);
  await register(ORDER_SHIPPED, SHIPPED_ORDER_MESSAGE);
}

/** The registry with what the services need of it in the cache: an outage of NATS is none of its own. */
export async function openOrderRegistry(nats: NatsConnection): Promise<SchemaRegistry> {
  const bucket = await new Kvm(nats).open(BUCKET);
  const registry = new SchemaRegistry({ bucket, formats: [json] });
  for (const subject of SUBJECTS) {
    const { versions } = await registry.subject(subject);
    for (const { id } of versions) await registry.codec(id);
  }
  return registry;
}
