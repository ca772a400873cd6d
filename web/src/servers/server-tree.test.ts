import assert from 'node:assert/strict';
import { test } from 'node:test';
import { link, serverView } from './server-fixture.ts';
import { lookOf } from './server-look.ts';
import { serverTree, usualVersion } from './server-tree.ts';

const hub = (name: string) =>
  serverView({ name, id: name, links: [link('route', 'other'), link('leaf', 'edge')] });

test('clusters first, leafs below, servers by name', () => {
  const edge = serverView({ name: 'edge', id: 'edge', cluster: '', links: [link('leaf', 'hub')] });
  const west = serverView({
    name: 'w',
    id: 'w',
    cluster: 'west',
    links: [link('gateway out', 'hub')],
  });
  const alone = serverView({ name: 'alone', id: 'alone', cluster: '' });
  const rows = serverTree([alone, edge, west, hub('n10'), hub('n9')]);
  assert.deepEqual(
    rows.map((row) => (row.kind === 'group' ? `${row.label}: ${row.detail}` : row.server.name)),
    [
      'hub: 2 servers',
      'n9',
      'n10',
      'west: 1 server · gateways to hub',
      'w',
      'Leaf nodes: 1 server · leaf of hub',
      'edge',
      'Servers without a cluster: 1 server',
      'alone',
    ],
  );
});

test('a server of another version than most is marked', () => {
  const servers = ['2.12.1', '2.12.1', '2.11.0', ''].map((version, index) =>
    serverView({ name: `n${index}`, id: `n${index}`, version }),
  );
  assert.equal(usualVersion(servers), '2.12.1');
  const odd = serverTree(servers).filter((row) => row.kind === 'server' && row.isOddVersion);
  assert.deepEqual(
    odd.map((row) => row.key),
    ['n2'],
  );
});

test('one word says the most urgent thing', () => {
  assert.equal(lookOf(serverView()).label, 'Up');
  assert.equal(lookOf(serverView({ health: 'error', healthError: 'no quorum' })).why, 'no quorum');
  const endpoint = {
    endpoint: 'jsz',
    up: false,
    error: 'timed out',
    reason: 'timeout',
    durationMs: 1,
    lastSuccess: null,
  };
  assert.equal(lookOf(serverView({ endpoints: [endpoint] })).why, 'jsz: timed out');
  assert.equal(lookOf(serverView({ state: 'down', stateReason: 'gone' })).label, 'Down');
});
