import type { MessageResponse, StageView, TraceResponse } from '@hopline/model/api';
import {
  at,
  attempt,
  delivery,
  egress,
  hop,
  lasting,
  log,
  message,
  messagingSpan,
  span,
  spanId,
  trace,
} from './path-fixture.ts';

/**
 * An order as the example ships one: posted, stored, paid at the second attempt after a question to
 * fraud.check, shipped over the leaf node, seen by an uninstrumented audit.
 */
export function orderPath(): { trace: TraceResponse; messages: MessageResponse[] } {
  const messages = [created(), fraudCheck(), captured(), shipped()];
  const spans = [
    span(1, null, {
      name: 'POST',
      kind: 'CLIENT',
      service: 'storefront',
      duration: lasting(14.2),
      attributes: { 'http.request.method': 'POST', 'url.full': 'http://127.0.0.1:8080/orders' },
    }),
    span(2, 1, {
      name: 'POST /orders',
      kind: 'SERVER',
      service: 'gateway',
      start: at(1),
      duration: lasting(11.9),
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': '202' },
    }),
    messagingSpan(3, 2, 'gateway'),
    messagingSpan(10, 3, 'payment'),
    messagingSpan(11, 3, 'payment'),
    messagingSpan(12, 11, 'payment'),
    messagingSpan(13, 12, 'fraud'),
    span(15, 13, {
      service: 'fraud',
      duration: lasting(0.14),
      attributes: {
        'messaging.system': 'nats',
        'messaging.operation.type': 'send',
        'messaging.destination.temporary': 'true',
      },
    }),
    messagingSpan(14, 11, 'payment'),
    messagingSpan(20, 14, 'inventory'),
    messagingSpan(21, 20, 'shipping'),
    messagingSpan(22, 21, 'edge-labels'),
    messagingSpan(30, 3, 'notifications'),
  ];
  const logs = [
    log(2, 'INFO', 'order 4711 accepted'),
    log(10, 'WARN', 'payment of order 4711 failed, trying again'),
    log(30, 'INFO', 'told customer-1@example.org'),
    log(null, 'ERROR', 'a line of no step,\u001b[31m with colours of its own'),
  ];
  const replyHops = [hop('hub-1', ''), hop('hub-2', '1')];
  const hops = [
    ...messages.flatMap(({ hops: own, publishSpanId, subject }) =>
      own.map((each) => ({ ...each, spanId: publishSpanId, subject })),
    ),
    ...replyHops.map((each) => ({ ...each, spanId: spanId(15) })),
  ];
  const messageIds = messages.map(({ id }) => id);
  return { trace: trace({ spans, logs, hops, messageIds }), messages };
}

function created(): MessageResponse {
  return message(3, 'orders.created', {
    time: at(3),
    total: lasting(471),
    outcome: 'redelivered',
    stream: 'ORDERS',
    streamSequence: '1042',
    messageKey: 'order-4711',
    publishDuration: lasting(3.1),
    hops: [
      hop('hub-1', '', {
        time: at(3.41),
        expects: ['1', '2'],
        egresses: [egress('router', 'hub-2'), egress('leaf', 'edge')],
      }),
      hop('hub-2', '1', {
        time: at(3.9),
        stream: 'ORDERS',
        storeTime: at(4.8),
        egresses: [egress('client', 'notifications'), egress('jetstream', 'ORDERS')],
      }),
    ],
    missingHops: ['2'],
    deliveries: [
      delivery('payment', {
        consumer: 'payment',
        fate: 'redelivered',
        fateEvidence: 'nak at attempt 1, ack at attempt 2',
        attemptList: [
          attempt(10, {
            status: 'ERROR',
            error: 'provider is busy',
            disposition: 'nak',
            duration: lasting(31),
            stages: jetstreamStages(1.3),
          }),
          attempt(11, {
            number: 2,
            disposition: 'ack',
            duration: lasting(33.4),
            stages: jetstreamStages(402),
          }),
        ],
      }),
      delivery('notifications', {
        attemptList: [
          attempt(30, {
            stages: [
              {
                name: 'transit',
                merged: ['send', 'broker', 'deliver'],
                duration: lasting(1.9),
                provenance: 'derived',
              },
              { name: 'process', duration: lasting(3.2), provenance: 'measured' },
            ],
          }),
        ],
      }),
    ],
  });
}

const jetstreamStages = (queueMs: number): StageView[] => [
  { name: 'send', duration: lasting(0.41), provenance: 'adjusted', raw: lasting(-0.2) },
  { name: 'broker', duration: lasting(1.39), provenance: 'measured' },
  { name: 'queue', duration: lasting(queueMs), provenance: 'derived' },
  { name: 'buffer', duration: lasting(0.08), provenance: 'measured' },
  { name: 'process', duration: lasting(31), provenance: 'measured' },
  { name: 'settle', duration: null, provenance: 'unknown' },
];

function fraudCheck(): MessageResponse {
  return message(12, 'fraud.check', {
    time: at(420),
    producer: 'payment',
    total: lasting(8.2),
    isRequest: true,
    publishDuration: lasting(9),
    deliveries: [delivery('fraud', { queueGroup: 'fraud', attemptList: [attempt(13)] })],
  });
}

function captured(): MessageResponse {
  return message(14, 'payments.captured', {
    time: at(430),
    producer: 'payment',
    total: null,
    outcome: 'dropped',
    stream: 'PAYMENTS',
    deliveries: [
      delivery('inventory', {
        consumer: 'inventory',
        attemptList: [attempt(20, { disposition: 'ack' })],
      }),
      delivery('audit', { fate: 'unknown', fateEvidence: 'handed to a client without spans' }),
      delivery('', { fate: 'dropped', fateEvidence: 'slow consumer' }),
    ],
  });
}

function shipped(): MessageResponse {
  return message(21, 'orders.shipped', {
    time: at(460),
    producer: 'shipping',
    hops: [
      hop('hub-3', '', { time: at(460.4), egresses: [egress('leaf', 'edge')] }),
      hop('edge', '1', {
        time: at(459.9),
        ingressKind: 'leaf',
        egresses: [egress('client', 'edge-labels', 'printers')],
      }),
    ],
    deliveries: [delivery('edge-labels', { attemptList: [attempt(22)] })],
  });
}
