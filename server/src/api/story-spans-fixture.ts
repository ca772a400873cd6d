import { ATTR } from '@hopline/model';

export const PAID_TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1';
export const INVENTORY_TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2';
export const POISON_TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3';
export const CREATED = '00000000000000a1';
export const CAPTURED = '00000000000000a2';
export const FRAUD_CHECK = '00000000000000a3';
export const POISON = '00000000000000a4';

export const KINDS = { INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 } as const;

export interface StorySpan {
  service: string;
  trace?: string;
  id: string;
  parent?: string;
  kind: keyof typeof KINDS;
  name: string;
  /** From the story's begin. */
  startMs: number;
  durationMs: number;
  failed?: string;
  attributes: Record<string, unknown>;
  links?: { trace: string; id: string }[];
}

/** `what` is an operation and a subject; the connection bears the name of its service. */
const nats = (what: string, type: string, service: string) => ({
  [ATTR.system]: 'nats',
  [ATTR.operationName]: what.split(' ')[0],
  [ATTR.operationType]: type,
  [ATTR.destination]: what.split(' ')[1],
  [ATTR.connectionName]: service,
});
const stored = (stream: string, sequence: number) => ({
  [ATTR.stream]: stream,
  [ATTR.streamSequence]: BigInt(sequence),
});

/** The spans of story-fixture.ts; times in ms from its begin, `at` makes Unix ns of them. */
export function storySpans(at: (ms: number) => string): StorySpan[] {
  const attempt = (order: { trace: string; message: string; sequence: number }, number: number) => {
    const position = {
      ...stored('ORDERS', order.sequence),
      [ATTR.consumer]: 'payment',
      [ATTR.deliveryCount]: BigInt(number),
    };
    const startMs = 10 + (number - 1) * 400;
    const id = `b${order.sequence}0000000000000${number}`;
    const isLast = order.sequence === 1 && number === 2;
    const common = { service: 'payment', trace: order.trace };
    return [
      {
        ...common,
        id,
        parent: order.message,
        kind: 'CONSUMER',
        name: 'process orders.created',
        startMs,
        durationMs: 50,
        ...(isLast ? {} : { failed: 'provider is busy' }),
        attributes: {
          // A consumer names what it subscribed to as its template.
          ...nats('process orders.created', 'process', 'payment'),
          [ATTR.destinationTemplate]: 'orders.*',
          ...position,
          [ATTR.storeTime]: at(4),
          [ATTR.receiveTime]: at(startMs - 1),
        },
      },
      {
        ...common,
        id: `c${order.sequence}0000000000000${number}`,
        parent: id,
        kind: 'CLIENT',
        name: isLast ? 'ack orders.created' : 'nak orders.created',
        startMs: startMs + 51,
        durationMs: 0.1,
        attributes: {
          ...nats(`${isLast ? 'ack' : 'nak'} orders.created`, 'settle', 'payment'),
          ...position,
          [ATTR.disposition]: isLast ? 'ack' : 'nak',
        },
      },
    ] satisfies StorySpan[];
  };
  const paid = { trace: PAID_TRACE, message: CREATED, sequence: 1 };
  const poison = { trace: POISON_TRACE, message: POISON, sequence: 2 };
  const publish = (id: string, sequence: number): StorySpan => ({
    service: 'gateway',
    id,
    kind: 'PRODUCER',
    name: 'publish orders.created',
    startMs: 2,
    durationMs: 4,
    attributes: {
      ...nats('publish orders.created', 'send', 'gateway'),
      ...stored('ORDERS', sequence),
      [ATTR.messageId]: `order-${4710 + sequence}`,
      [ATTR.bodySize]: 321n,
    },
  });
  return [
    {
      service: 'storefront',
      id: 'd000000000000001',
      kind: 'CLIENT',
      name: 'POST',
      startMs: 0,
      durationMs: 10,
      attributes: { [ATTR.httpMethod]: 'POST' },
    },
    {
      service: 'gateway',
      id: 'd000000000000002',
      parent: 'd000000000000001',
      kind: 'SERVER',
      name: 'POST /orders',
      startMs: 1,
      durationMs: 8,
      attributes: { [ATTR.httpMethod]: 'POST', [ATTR.httpRoute]: '/orders', 'order.id': 'o-77' },
    },
    { ...publish(CREATED, 1), parent: 'd000000000000002' },
    ...attempt(paid, 1),
    ...attempt(paid, 2),
    {
      service: 'payment',
      id: FRAUD_CHECK,
      parent: 'b100000000000002',
      kind: 'PRODUCER',
      name: 'request fraud.check',
      startMs: 415,
      durationMs: 10,
      attributes: nats('request fraud.check', 'send', 'payment'),
    },
    {
      service: 'fraud',
      id: 'd000000000000003',
      parent: FRAUD_CHECK,
      kind: 'CONSUMER',
      name: 'process fraud.check',
      startMs: 418,
      durationMs: 4,
      attributes: {
        ...nats('process fraud.check', 'process', 'fraud'),
        [ATTR.consumerGroup]: 'fraud',
      },
    },
    {
      service: 'fraud',
      id: 'd000000000000004',
      parent: 'd000000000000003',
      kind: 'PRODUCER',
      name: 'respond',
      startMs: 421,
      durationMs: 0.1,
      attributes: nats('respond _INBOX.abc.1', 'send', 'fraud'),
    },
    {
      service: 'payment',
      id: CAPTURED,
      parent: 'b100000000000002',
      kind: 'PRODUCER',
      name: 'publish payments.captured',
      startMs: 450,
      durationMs: 3,
      attributes: {
        ...nats('publish payments.captured', 'send', 'payment'),
        ...stored('PAYMENTS', 9),
      },
    },
    {
      // In a trace of its own, with a link: the other way to refer to a message.
      service: 'inventory',
      trace: INVENTORY_TRACE,
      id: 'd000000000000005',
      kind: 'CONSUMER',
      name: 'process payments.captured',
      startMs: 460,
      durationMs: 20,
      attributes: {
        ...nats('process payments.captured', 'process', 'inventory'),
        ...stored('PAYMENTS', 9),
        [ATTR.consumer]: 'inventory',
        [ATTR.deliveryCount]: 1n,
        [ATTR.storeTime]: at(451),
        [ATTR.receiveTime]: at(459),
        [ATTR.disposition]: 'ack',
      },
      links: [{ trace: PAID_TRACE, id: CAPTURED }],
    },
    { ...publish(POISON, 2), trace: POISON_TRACE },
    ...attempt(poison, 1),
    ...attempt(poison, 2),
    ...attempt(poison, 3),
  ];
}
