import assert from 'node:assert/strict';
import test from 'node:test';
import type { FlowRow, ServerDeliveryRow } from '../store/store.ts';
import type { Graph } from './graph.ts';
import { assetRow } from './rows-fixture.ts';
import { topology } from './topology.ts';
import type { TopologyFacts } from './topology-facts.ts';

const flow = (columns: Partial<FlowRow>): FlowRow => ({
  kind: 'PRODUCER',
  service: 'gateway',
  subject_pattern: 'orders.created',
  is_request: 0,
  stream: '',
  consumer: '',
  queue_group: '',
  count: '10',
  errors: '0',
  duration_p50: 5,
  duration_p99: 9,
  queue_p50: null,
  queue_p99: null,
  ...columns,
});
const handOver = (columns: Partial<ServerDeliveryRow>): ServerDeliveryRow => ({
  connection: 'audit',
  subject_pattern: 'orders.created',
  subscription: 'orders.>',
  queue_group: '',
  server: 'n1',
  cluster: 'hub',
  domain: '',
  count: '10',
  errors: '0',
  ...columns,
});
const drawn = (facts: Partial<TopologyFacts>): Graph =>
  topology({
    flows: [],
    httpCalls: [],
    activity: [],
    deliveries: [],
    arrivals: [],
    stores: [],
    assets: [],
    ...facts,
  });
const edges = (graph: Graph): string[] =>
  [...graph.edges.values()].map(({ id, measure }) => `${id} ${measure}`.trim()).sort();

test('JetStream: service, subject, stream, consumer, service', () => {
  const graph = drawn({
    flows: [
      flow({ stream: 'ORDERS' }),
      flow({
        kind: 'CONSUMER',
        service: 'payment',
        stream: 'ORDERS',
        consumer: 'payment',
        errors: '5',
        queue_p50: 70,
        queue_p99: 90,
      }),
    ],
  });
  assert.deepEqual(edges(graph), [
    'consume:consumer:ORDERS/payment>service:payment process',
    'publish:service:gateway>subject:orders.created store',
    'source:stream:ORDERS>consumer:ORDERS/payment queue',
    'store:subject:orders.created>stream:ORDERS store',
  ]);
  const consume = graph.edges.get('consume:consumer:ORDERS/payment>service:payment');
  assert.deepEqual([consume?.count, consume?.errors, consume?.p99], [10, 5, 9]);
  assert.equal(graph.nodes.get('consumer:ORDERS/payment')?.label, 'payment');
});

test('core NATS, a queue group, a request, an HTTP call', () => {
  const graph = drawn({
    flows: [
      flow({}),
      flow({ service: 'payment', subject_pattern: 'fraud.check', is_request: 1 }),
      flow({ kind: 'CONSUMER', service: 'notifications' }),
      flow({
        kind: 'CONSUMER',
        service: 'fraud',
        subject_pattern: 'fraud.check',
        queue_group: 'f',
      }),
      flow({ subject_pattern: '_INBOX.>' }),
    ],
    httpCalls: [
      { caller: 'storefront', callee: 'gateway', count: '3', errors: '1', p50: 1, p99: 2 },
    ],
  });
  assert.deepEqual(edges(graph), [
    'http:service:storefront>service:gateway round trip',
    'publish:service:gateway>subject:orders.created send',
    'request:service:payment>subject:fraud.check round trip',
    'subscribe:subject:fraud.check>service:fraud process',
    'subscribe:subject:orders.created>service:notifications process',
  ]);
  assert.equal(graph.nodes.get('service:fraud')?.detail, 'queue f');
  assert.ok(![...graph.nodes.keys()].some((id) => id.includes('_INBOX')));
});

test("a consumer's subject joins the producer's pattern, the most specific one", () => {
  const graph = drawn({
    flows: [
      flow({ subject_pattern: 'customers.>' }),
      flow({ subject_pattern: 'customers.*.created' }),
      flow({ kind: 'CONSUMER', service: 'crm', subject_pattern: 'customers.bob.created' }),
    ],
  });
  assert.ok(graph.edges.has('subscribe:subject:customers.*.created>service:crm'));
});

test('a connection without an instrumented service is a client; others are their service', () => {
  const activity = (service: string, connection: string) => ({
    service,
    connection,
    spans: '1',
    errors: '0',
  });
  const graph = drawn({
    flows: [flow({}), flow({ kind: 'CONSUMER', service: 'mail' })],
    activity: [activity('mail', 'mail-conn'), activity('label', 'label-conn')],
    deliveries: [
      handOver({ connection: 'mail-conn' }),
      handOver({ connection: 'label-conn' }),
      handOver({ connection: 'audit', queue_group: 'a', cluster: '', domain: 'edge' }),
      handOver({ connection: '' }),
    ],
  });
  assert.deepEqual(
    edges(graph).filter((id) => id.startsWith('subscribe')),
    [
      'subscribe:subject:orders.created>client:audit',
      'subscribe:subject:orders.created>client:unnamed on n1',
      'subscribe:subject:orders.created>service:label',
      'subscribe:subject:orders.created>service:mail process',
    ],
  );
  const { detail, site, evidence } = graph.nodes.get('client:audit')!;
  assert.deepEqual([detail, site, [...evidence]], ['queue a', 'edge', ['server events']]);
  const mail = graph.edges.get('subscribe:subject:orders.created>service:mail')!;
  assert.deepEqual([mail.count, [...mail.evidence]], [10, ['client spans', 'server events']]);
});

test('an instrumented service without a connection name is not taken for a client', () => {
  const graph = drawn({
    flows: [flow({}), flow({ kind: 'CONSUMER', service: 'mail' })],
    activity: [{ service: 'mail', connection: '', spans: '1', errors: '0' }],
    deliveries: [handOver({ connection: '' })],
  });
  assert.ok(![...graph.nodes.keys()].some((id) => id.startsWith('client:')));
});

test('streams and consumers that only the configuration knows', () => {
  const graph = drawn({
    flows: [flow({})],
    assets: [
      assetRow({ kind: 'stream', consumer: '', subjects: ['orders.>'], cluster: 'hub' }),
      assetRow({ consumer: 'idle', subjects: ['orders.paid'], num_pending: '42' }),
    ],
  });
  const consumer = graph.nodes.get('consumer:ORDERS/idle')!;
  assert.deepEqual(
    [consumer.pending, consumer.detail, consumer.site, [...consumer.evidence]],
    [42, 'orders.paid', 'hub', ['configuration']],
  );
  assert.deepEqual(edges(graph), [
    'publish:service:gateway>subject:orders.created send',
    'source:stream:ORDERS>consumer:ORDERS/idle',
    'store:subject:orders.created>stream:ORDERS',
  ]);
});

test('a service stands at the site where most of its messages pass', () => {
  const graph = drawn({
    flows: [flow({ service: 'edge' })],
    activity: [{ service: 'edge', connection: 'edge', spans: '9', errors: '0' }],
    arrivals: [
      { connection: 'edge', server: 'leaf1', cluster: '', domain: 'warehouse', count: '9' },
      { connection: 'edge', server: 'n1', cluster: 'hub', domain: '', count: '2' },
    ],
    deliveries: [handOver({ connection: 'edge', cluster: 'hub', count: '3' })],
  });
  assert.equal(graph.nodes.get('service:edge')?.site, 'warehouse');
});
