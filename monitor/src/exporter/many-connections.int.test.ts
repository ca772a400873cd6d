import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { startNats, waitFor } from '@hopline/testkit';
import { recordSent } from '../only-reads.fixture.ts';
import { startWatching } from '../watched.fixture.ts';
import { startExporter } from './exporter.ts';
import { scrape } from './samples.fixture.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const CONNECTIONS = 3_000;
const MESSAGES = 10;
const PAYLOAD = 'twelve bytes';
/** Handshakes at a time: the server's queue of unaccepted connections is short. */
const AT_ONCE = 100;

test('3,000 connections: totals equal varz exactly', { timeout: 180_000 }, async () => {
  await using server = await startNats({ extraConfig: 'max_connections: 5000' });
  await using stack = new AsyncDisposableStack();
  const next = Array.from({ length: CONNECTIONS }).keys();
  const open = async (): Promise<void> => {
    for (const _ of next) stack.defer(await talking(server.port));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));

  await using exporter = await startExporter({
    host: '127.0.0.1',
    port: 0,
    servers: [server.monitorUrl],
    endpoints: new Set(['varz', 'connz']),
  });
  const { samples } = await scrape(exporter.url, { 'X-Prometheus-Scrape-Timeout-Seconds': '60' });
  const of = (name: string) => samples.get(`gnatsd_${name}{server_id="${server.monitorUrl}"}`);
  assert.equal(of('connz_num_connections'), CONNECTIONS);
  assert.equal(of('connz_total'), CONNECTIONS);
  assert.equal(of('varz_connections'), CONNECTIONS);
  assert.equal(of('connz_in_msgs'), CONNECTIONS * MESSAGES);
  assert.equal(of('connz_in_bytes'), CONNECTIONS * MESSAGES * PAYLOAD.length);
  for (const key of ['in_msgs', 'out_msgs', 'in_bytes', 'out_bytes', 'subscriptions']) {
    // The server has subscriptions of its own.
    if (key === 'subscriptions') assert.equal(of(`connz_${key}`), CONNECTIONS);
    else assert.equal(of(`connz_${key}`), of(`varz_${key}`), key);
  }

  await using seen = startWatching({
    monitor: { urls: [server.monitorUrl], intervalMs: 1_000, timeoutMs: 60_000 },
  });
  await waitFor(() => seen.watch.cluster().connections.length > 0, {
    message: 'a sweep',
    timeoutMs: 60_000,
  });
  const { connections, servers } = seen.watch.cluster();
  assert.equal(connections.length, CONNECTIONS);
  assert.equal(new Set(connections.map(({ cid }) => cid)).size, CONNECTIONS);
  assert.equal(servers[0]?.figures?.connections, CONNECTIONS);
  const received = connections.reduce((sum, { inMsgs }) => sum + inMsgs, 0);
  assert.equal(received, servers[0]?.figures?.inMsgs);
});

/** A client that has published and subscribed, and stays. Returns what ends it. */
async function talking(port: number): Promise<() => void> {
  const socket: Socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  const publication = `PUB many ${PAYLOAD.length}\r\n${PAYLOAD}\r\n`;
  socket.write(
    `CONNECT {"verbose":false}\r\nSUB quiet 1\r\n${publication.repeat(MESSAGES)}PING\r\n`,
  );
  let heard = '';
  while (!heard.includes('PONG')) heard += String((await once(socket, 'data'))[0]);
  return () => socket.destroy();
}
