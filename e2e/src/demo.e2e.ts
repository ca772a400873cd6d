import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { MessageResponse, TopologyResponse, TraceResponse } from '@hopline/model/api';
import { waitFor } from '@hopline/testkit';
import { ask, type Demo, hopline, postOrder, startDemo } from './product.ts';

const NODES = [
  'service:storefront',
  'service:gateway',
  'service:payment',
  'service:fraud',
  'service:inventory',
  'service:shipping',
  'service:notifications',
  'service:edge-labels',
  'subject:orders.created',
  'subject:fraud.check',
  'subject:payments.captured',
  'subject:inventory.reserved',
  'subject:orders.shipped',
  'subject:edge.labels.printed',
  'stream:ORDERS',
  'stream:PAYMENTS',
  'consumer:ORDERS/payment',
  'consumer:PAYMENTS/inventory',
];

const EDGES: readonly (readonly [from: string, to: string, kind: string])[] = [
  ['service:storefront', 'service:gateway', 'http'],
  ['service:gateway', 'subject:orders.created', 'publish'],
  ['subject:orders.created', 'stream:ORDERS', 'store'],
  ['stream:ORDERS', 'consumer:ORDERS/payment', 'source'],
  ['consumer:ORDERS/payment', 'service:payment', 'consume'],
  ['service:payment', 'subject:fraud.check', 'request'],
  ['subject:fraud.check', 'service:fraud', 'subscribe'],
  ['service:payment', 'subject:payments.captured', 'publish'],
  ['subject:payments.captured', 'stream:PAYMENTS', 'store'],
  ['consumer:PAYMENTS/inventory', 'service:inventory', 'consume'],
  ['subject:inventory.reserved', 'service:shipping', 'subscribe'],
  ['subject:orders.shipped', 'service:edge-labels', 'subscribe'],
  ['subject:orders.shipped', 'service:notifications', 'subscribe'],
  ['subject:edge.labels.printed', 'service:notifications', 'subscribe'],
];

describe('hopline demo', { timeout: 300_000 }, () => {
  let demo: Demo;
  before(async () => {
    demo = await startDemo();
  });
  after(async () => {
    await demo[Symbol.asyncDispose]();
  });

  test('the map shows every part of the example within 60 s, traffic on every edge', async () => {
    await waitFor(async () => missingFrom(await ask(demo.url, 'topology')).length === 0, {
      message: 'the whole map',
      timeoutMs: 60_000,
      intervalMs: 500,
    }).catch(async (error: unknown) => {
      assert.fail(`${error}: missing ${missingFrom(await ask(demo.url, 'topology')).join(', ')}`);
    });
  });

  test('a consumer without instrumentation is on the map, by the word of the servers', async () => {
    await waitFor(
      async () => {
        const { nodes, edges } = await ask(demo.url, 'topology');
        const audit = nodes.find((node) => node.kind === 'client' && node.label.includes('audit'));
        const edge = edges.find((candidate) => candidate.to === audit?.id);
        return edge?.evidence.includes('server events') && edge.from.startsWith('subject:payments');
      },
      { message: 'the audit client', timeoutMs: 30_000, intervalMs: 500 },
    );
  });

  test('an order is found by its trace id within 5 s, whole', async () => {
    const traceId = await firstWholeOrder(demo, { orders: 3, withinMs: 5_000 });
    const cli = await hopline(['trace', traceId, '--url', demo.url]);
    assert.equal(cli.code, 0, cli.output);
    for (const word of ['gateway', 'orders.created', 'ORDERS', 'payment', 'fraud', 'edge-labels']) {
      assert.ok(cli.output.includes(word), `${word} is not in:\n${cli.output}`);
    }
  });

  test('a redelivered order shows its attempts', async () => {
    const traceId = await postOrder(demo.gatewayUrl, { totalCents: 4503 });
    const message = await orderOf(demo, traceId, (candidate) =>
      candidate.deliveries.some(
        ({ consumer, attempts, fate }) =>
          consumer === 'payment' && attempts === 2 && fate === 'redelivered',
      ),
    );
    const payment = message.deliveries.find(({ consumer }) => consumer === 'payment');
    assert.deepEqual(
      payment?.attemptList.map(({ number, disposition }) => [number, disposition]),
      [
        [1, 'nak'],
        [2, 'ack'],
      ],
    );
  });

  test('a poison order ends as dead-lettered, with the evidence', async () => {
    const traceId = await postOrder(demo.gatewayUrl, { currency: 'XTS' });
    const message = await orderOf(demo, traceId, ({ outcome }) => outcome === 'dead-lettered');
    const payment = message.deliveries.find(({ consumer }) => consumer === 'payment');
    assert.equal(payment?.attempts, 3);
    assert.match(payment.fateEvidence, /MAX_DELIVERIES|max.?deliver/i);
    const { messages } = await ask(demo.url, 'messages', { query: { outcome: 'dead-lettered' } });
    assert.ok(messages.some(({ id }) => id === message.id));
  });

  test('the OpenAPI document is served', async () => {
    const response = await fetch(`${demo.url}/api/openapi.json`);
    const document = (await response.json()) as { openapi: string; paths: Record<string, unknown> };
    assert.match(document.openapi, /^3\.1/);
    assert.ok(document.paths['/api/v1/traces/{traceId}']);
  });

  // The last one: there is no demo afterwards.
  test('Ctrl-C stops everything the demo started, with exit code 0', async () => {
    const { monitor } = await ask(demo.url, 'status');
    const addresses = [
      demo.url,
      `${demo.gatewayUrl}/orders`,
      ...monitor.map(({ url }) => `${url}/varz`),
    ];
    assert.equal(addresses.length, 6, 'UI, gateway, three servers and the leaf');
    for (const address of addresses) assert.ok(await isAlive(address), address);
    demo.process.signal('SIGINT');
    assert.deepEqual(await demo.process.exited, { code: 0, signal: null }, demo.process.output());
    for (const address of addresses) {
      await waitFor(async () => !(await isAlive(address)), { message: `the end of ${address}` });
    }
  });
});

const isAlive = async (url: string): Promise<boolean> => {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
};

/**
 * Posts an order and waits until its trace is whole; posts another one if it takes too long, for the
 * machine that runs this may be busy with something else for a moment.
 */
async function firstWholeOrder(
  demo: Demo,
  limits: { orders: number; withinMs: number },
): Promise<string> {
  const traceId = await postOrder(demo.gatewayUrl);
  const lacking = async (): Promise<string[]> =>
    lackingIn(await ask(demo.url, 'trace', { params: { traceId } }));
  try {
    await waitFor(async () => (await lacking()).length === 0, {
      message: 'the whole trace',
      timeoutMs: limits.withinMs,
      intervalMs: 200,
    });
    return traceId;
  } catch (error) {
    if (limits.orders > 1)
      return await firstWholeOrder(demo, { ...limits, orders: limits.orders - 1 });
    return assert.fail(`${error}: lacking ${(await lacking()).join(', ')}`);
  }
}

function missingFrom({ nodes, edges }: TopologyResponse): string[] {
  const seen = new Set(nodes.map(({ id }) => id));
  const flowing = new Set(
    edges
      .filter(({ ratePerSecond }) => ratePerSecond > 0)
      .map(({ from, to, kind }) => `${from} -${kind}-> ${to}`),
  );
  return [
    ...NODES.filter((id) => !seen.has(id)),
    ...EDGES.map(([from, to, kind]) => `${from} -${kind}-> ${to}`).filter(
      (edge) => !flowing.has(edge),
    ),
  ];
}

/** What an order's trace must hold and does not. */
function lackingIn({ spans, hops, logs }: TraceResponse): string[] {
  const has = (service: string, name: RegExp): boolean =>
    spans.some((span) => span.service === service && name.test(span.name));
  const wanted: readonly (readonly [what: string, found: boolean])[] = [
    ['HTTP span', spans.some(({ service, kind }) => service === 'gateway' && kind === 'SERVER')],
    ['publish', has('gateway', /^publish orders\.created/)],
    ['stream store', hops.some(({ stream, storeTime }) => stream === 'ORDERS' && storeTime)],
    ['payment', has('payment', /^process orders\.created/)],
    ['request', has('payment', /^request fraud\.check/)],
    ['reply', has('fraud', /^process fraud\.check/)],
    ['inventory', has('inventory', /^process payments\./)],
    ['shipping', has('shipping', /^process inventory\.reserved/)],
    ['notifications', has('notifications', /^process orders\./)],
    ['edge service', has('edge-labels', /^process orders\.shipped/)],
    [
      'hop into the leaf',
      hops.some((hop) => hop.subject === 'orders.shipped' && hop.ingressKind === 'leaf'),
    ],
    [
      'hop out of the leaf',
      hops.some((hop) => hop.subject === 'edge.labels.printed' && hop.ingressKind === 'leaf'),
    ],
    ['logs of payment', logs.some(({ service, spanId }) => service === 'payment' && spanId)],
    ['logs of the edge', logs.some(({ service, spanId }) => service === 'edge-labels' && spanId)],
  ];
  return wanted.filter(([, found]) => !found).map(([what]) => what);
}

/** The message `orders.created` of a trace, once it is as expected. */
async function orderOf(
  demo: Demo,
  traceId: string,
  isAsExpected: (message: MessageResponse) => boolean,
): Promise<MessageResponse> {
  return await waitFor(
    async () => {
      const { messageIds } = await ask(demo.url, 'trace', { params: { traceId } });
      for (const messageId of messageIds) {
        const message = await ask(demo.url, 'message', { params: { messageId } });
        if (message.subject === 'orders.created' && isAsExpected(message)) return message;
      }
      return null;
    },
    { message: 'the order as expected', timeoutMs: 30_000, intervalMs: 300 },
  );
}
