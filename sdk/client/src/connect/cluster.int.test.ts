import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, waitFor } from '@hopline/testkit';
import { Recorder } from '../testing/recorder.ts';
import { connect, exponentialFullJitter } from './index.ts';

test('a cluster: lame duck, rolling restart, all nodes down, each seen as it is', async (t) => {
  await using cluster = await startCluster({
    jetstream: false,
    extraConfig: 'lame_duck_grace_period: 2s\nlame_duck_duration: 30s',
  });
  const recorder = new Recorder();
  // One seed is enough: the others are learnt.
  await using connection = await connect({
    name: 'rolling',
    servers: cluster.urls[0] as string,
    backoff: exponentialFullJitter({ baseMs: 50, capMs: 500 }),
    stableMs: 300,
    onEvent: recorder.listen,
  });
  const current = () =>
    cluster.servers.find((server) => `127.0.0.1:${server.port}` === connection.nc.getServer())!;
  const received: number[] = [];
  connection.nc.subscribe('tick', {
    callback: (_error, message) => void received.push(Number(message.string())),
  });
  await waitFor(() => connection.nc.getServers().length === 3, { message: 'three servers known' });
  const alive = async () =>
    await waitFor(
      async () => {
        if (connection.state !== 'connected') return false;
        const tick = received.length;
        connection.nc.publish('tick', String(tick));
        await connection.nc.flush();
        return received.length > tick;
      },
      { message: 'messages flow' },
    );
  await alive();

  await t.test('lame duck: leaves for another server long before it is thrown out', async () => {
    const duck = current();
    duck.signal('SIGUSR2');
    await waitFor(() => recorder.states.includes('lame duck'), { message: 'lame duck state' });
    await waitFor(() => connection.state === 'connected' && current() !== duck, {
      message: 'moved',
    });
    assert.deepEqual(recorder.states, ['connected', 'lame duck', 'reconnecting', 'connected']);
    await alive();
    await duck.kill();
    await duck.restart();
    await cluster.settled();
  });

  await t.test('rolling restart: back within seconds each time', async () => {
    recorder.events.length = 0;
    for (const server of cluster.servers) {
      await server.kill('SIGTERM');
      await server.restart();
      await cluster.settled();
      await alive();
    }
    const outages = recorder.of('state').flatMap(({ outageMs }) => outageMs ?? []);
    assert.ok(outages.length >= 1, 'at least one of the servers was ours');
    for (const outageMs of outages) assert.ok(outageMs < 5_000, `outages ${outages} ms`);
    t.diagnostic(`rolling restart: outages ${outages.join(', ')} ms`);
  });

  await t.test(
    'all nodes down for two seconds: comes back, with nothing to do for the caller',
    async () => {
      recorder.events.length = 0;
      await Promise.all(cluster.servers.map((server) => server.kill()));
      await sleep(2_000);
      assert.equal(connection.state, 'reconnecting');
      await Promise.all(cluster.servers.map((server) => server.restart()));
      await alive();
      assert.deepEqual(recorder.states, ['reconnecting', 'connected']);
      const back = recorder.of('state').at(-1);
      assert.ok(back?.outageMs && back.outageMs >= 2_000, JSON.stringify(back));
      t.diagnostic(
        `all down: away for ${back.outageMs} ms, ${recorder.of('attempt').length} dials`,
      );
    },
  );
});
