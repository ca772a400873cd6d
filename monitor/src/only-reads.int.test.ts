import assert from 'node:assert/strict';
import { get, request } from 'node:http';
import { test } from 'node:test';
import { startNats } from '@hopline/testkit';
import { connect } from '@nats-io/transport-node';
import { recordSent } from './only-reads.fixture.ts';

test('what the record takes for reading, and what not', async () => {
  await using server = await startNats();
  const record = recordSent();
  try {
    await using own = await connect({ servers: server.url, name: 'application' });
    own.publish('orders.created', 'PUB not.a.subject 1\r\n');
    await own.flush();
    await using reader = await connect({ servers: server.url, name: 'hopline-monitor of a test' });
    reader.subscribe('x');
    await reader.request('$SYS.REQ.USER.INFO');
    await new Promise((resolve) =>
      get(`${server.monitorUrl}/varz?a=1`, (response) => response.resume().on('end', resolve)),
    );
    record.assertOnlyReads();
    assert.deepEqual(record.asked, ['$SYS.REQ.USER.INFO', 'GET /varz?a=1']);

    reader.publish('$JS.API.STREAM.PURGE.ORDERS', '{}');
    await reader.flush();
    assert.throws(() => record.assertOnlyReads(), /PUB \$JS\.API\.STREAM\.PURGE\.ORDERS/);
    await new Promise((resolve) =>
      request(
        `${server.monitorUrl}/varz`,
        // Known as the test's own by the recorder of the whole suite.
        { method: 'POST', headers: { 'user-agent': 'a test' } },
        (response) => response.resume().on('end', resolve),
      ).end(),
    );
    assert.throws(() => record.assertOnlyReads(), /POST \/varz/);
  } finally {
    record.stop();
  }
});
