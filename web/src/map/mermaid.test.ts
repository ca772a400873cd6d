import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mermaidOf } from './mermaid.ts';
import { edge, node, ORDERS } from './topology-fixture.ts';

test('a map as a flowchart: shapes by kind, figures on the arrows, a request with both ends', () => {
  const nodes = ['service:a', 'subject:orders.>', ORDERS, 'subject:ask'].map(node);
  const edges = [
    edge('service:a', 'subject:orders.>', 'publish'),
    { ...edge('service:a', 'subject:ask', 'request'), errorRatio: 0.5, p99: null },
    edge('service:a', 'service:gone', 'http'),
  ];
  assert.equal(
    mermaidOf({ nodes: nodes.toReversed(), edges }),
    `flowchart LR
  n0["a"]
  n1[("ORDERS")]
  n2(["ask"])
  n3(["orders.#62;"])
  n0 -->|"4/s, send P99 9.00 ms"| n3
  n0 <-->|"4/s, 50% errors"| n2
`,
  );
});

test('no name ends its quotes', () => {
  const odd = { ...node('service:x'), label: 'a"] --> b["' };
  assert.match(mermaidOf({ nodes: [odd], edges: [] }), /n0\["a#34;\] --#62; b\[#34;"\]/);
});

test('groups are subgraphs', () => {
  const nodes = ['service:a', 'subject:orders.new', 'subject:other'].map(node);
  assert.equal(
    mermaidOf({ nodes, edges: [edge('service:a', 'subject:orders.new', 'publish')] }, 'namespace'),
    `flowchart LR
  subgraph g0["orders"]
    n0["a"]
    n1(["orders.new"])
  end
  subgraph g1["other"]
    n2(["other"])
  end
  n0 -->|"4/s, send P99 9.00 ms"| n1
`,
  );
});
