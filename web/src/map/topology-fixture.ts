import type { EdgeKind, NodeKind, TopologyEdge, TopologyNode } from '@hopline/model/api';

/** The order example in small: one stream, a request, a line that runs back. For tests. */
export const ORDERS = 'stream:ORDERS';

export const node = (id: string): TopologyNode => ({
  id,
  kind: id.slice(0, id.indexOf(':')) as NodeKind,
  label: id.slice(id.indexOf(':') + 1).replace(/^.*\//, ''),
  detail: '',
  site: '',
  ratePerSecond: 4,
  errorRatio: 0,
  pending: null,
  evidence: [],
});

export const edge = (from: string, to: string, kind: EdgeKind): TopologyEdge => ({
  id: `${from} ${kind} ${to}`,
  from,
  to,
  kind,
  ratePerSecond: 4,
  errorRatio: 0,
  measure: 'send',
  p50: '1000000',
  p99: '9000000',
  evidence: [],
});

export const orderFlow = (): { nodes: TopologyNode[]; edges: TopologyEdge[] } => ({
  nodes: [
    'service:gateway',
    'subject:orders.created',
    'subject:orders.shipped',
    ORDERS,
    'consumer:ORDERS/payment',
    'service:payment',
    'subject:fraud.check',
    'service:fraud',
    'service:shipping',
  ].map(node),
  edges: [
    edge('service:gateway', 'subject:orders.created', 'publish'),
    edge('subject:orders.created', ORDERS, 'store'),
    edge('subject:orders.shipped', ORDERS, 'store'),
    edge(ORDERS, 'consumer:ORDERS/payment', 'source'),
    edge('consumer:ORDERS/payment', 'service:payment', 'consume'),
    edge('service:payment', 'subject:fraud.check', 'request'),
    edge('subject:fraud.check', 'service:fraud', 'subscribe'),
    edge('service:payment', 'service:shipping', 'http'),
    edge('service:shipping', 'subject:orders.shipped', 'publish'),
  ],
});
