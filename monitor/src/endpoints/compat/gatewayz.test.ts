import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayLinks } from '../server-links.ts';
import { gatewayzBlocks } from './gatewayz.ts';

/** As nats-server writes them: its durations have days and years. */
const CONNECTION = { cid: 7, uptime: '1y2d3h4m5s', idle: '1d0h0m1s', rtt: '1.5ms' };
const UPTIME = 31_536_000 + 2 * 86_400 + 3 * 3600 + 4 * 60 + 5;
const IDLE = 86_401;
const GATEWAYZ = {
  name: 'east',
  outbound_gateways: { west: { configured: true, connection: CONNECTION } },
  inbound_gateways: { west: [{ connection: CONNECTION }] },
};

test('a gateway that is older than a day has its uptime and its silence', () => {
  const blocks = gatewayzBlocks(GATEWAYZ, { namespace: 'gnatsd', serverId: 'A' });
  assert.equal(blocks.length, 2);
  for (const { metrics, rows } of blocks) {
    const secondsOf = (key: string) =>
      rows[0]?.values[metrics.findIndex(({ name }) => name.endsWith(`_gateway_${key}`))];
    assert.equal(secondsOf('conn_uptime_seconds'), UPTIME);
    assert.equal(secondsOf('conn_idle_seconds'), IDLE);
    assert.equal(secondsOf('conn_rtt'), 0.0015);
  }
  const links = gatewayLinks(GATEWAYZ);
  assert.equal(links.length, 2);
  for (const { openSeconds, idleSeconds, rttMs } of links) {
    assert.deepEqual([openSeconds, idleSeconds, rttMs], [UPTIME, IDLE, 1.5]);
  }
});
