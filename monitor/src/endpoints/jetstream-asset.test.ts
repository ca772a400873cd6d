import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { leaderAssets } from '../servers/leader-assets.ts';
import { AssetDecoder } from './asset-decoder.ts';
import { consumerRow, streamRow } from './asset-row.ts';
import { parseFields } from './fields.ts';
import type { ReportedAsset } from './jetstream-asset.ts';
import { decodeVarz, type ServerIdentity } from './varz.ts';

const HUB_1: ServerIdentity = {
  id: 'N',
  name: 'hub-1',
  version: '2.15.1',
  cluster: 'hub',
  domain: 'hub',
};
const NOW = '2026-11-22T13:26:10.83927418Z';

function golden(name: string): string {
  return readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8');
}

function jsz(streams: unknown, more: object = {}): string {
  const account_details = [{ name: 'APP', stream_detail: streams }];
  return JSON.stringify({ server_id: 'N', now: NOW, total: 1, account_details, ...more });
}

function assetsOf(text: string, server = HUB_1): ReportedAsset[] {
  const decoder = new AssetDecoder(server);
  const cutter = decoder.page();
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 1000) cutter.push(bytes.subarray(at, at + 1000));
  assert.ok(decoder.endPage(parseFields(cutter.end()) ?? {}));
  return decoder.assets;
}

const identityOf = (text: string) => decodeVarz(parseFields(text) ?? {});
const rowOf = (asset: ReportedAsset) =>
  asset.kind === 'stream' ? streamRow(asset.view) : consumerRow(asset.view);

function leaderRows(reports: ReportedAsset[]) {
  const { streams, consumers, unseen } = leaderAssets(reports);
  return { rows: [...streams.values(), ...consumers.values()].map(rowOf), unseen };
}

test('the servers of a real cluster: each asset once, from its leader', () => {
  const reports = ['hub-1', 'hub-2', 'hub-3'].flatMap((name) => {
    const server = identityOf(golden(`${name}.varz`));
    assert.ok(server);
    return assetsOf(golden(`${name}.jsz`), server);
  });
  const { rows, unseen } = leaderRows(reports);
  assert.equal(unseen.size, 0);
  assert.ok(reports.length > rows.length);
  const sorted = rows.toSorted((one, other) =>
    `${one.stream}/${one.consumer}`.localeCompare(`${other.stream}/${other.consumer}`),
  );
  assert.deepEqual(sorted, JSON.parse(golden('cluster.assets')));
});

test('a leaf without JetStream has no assets', () => {
  const server = identityOf(golden('edge.varz'));
  assert.ok(server);
  assert.deepEqual(
    { ...server, id: '' },
    { id: '', name: 'edge', version: '2.15.1', cluster: '', domain: '' },
  );
  assert.deepEqual(assetsOf(golden('edge.jsz'), server), []);
});

describe('who leads', () => {
  const alone: ServerIdentity = { ...HUB_1, name: 'alone', cluster: '' };
  const leaders = (stream: object, server: ServerIdentity) =>
    assetsOf(jsz([{ name: 'S', ...stream }]), server).map((asset) => asset.view.leader);

  test('a server outside of a cluster, also when it does not say so', () => {
    assert.deepEqual(leaders({}, alone), ['alone']);
    assert.deepEqual(leaders({ cluster: { leader: 'alone' } }, alone), ['alone']);
  });

  test('nobody during an election', () => {
    assert.deepEqual(leaders({ cluster: { name: 'hub', replicas: [] } }, HUB_1), ['']);
  });
});

describe('leader rows', () => {
  const report = (server: string, leader: string, more: Partial<ReportedAsset['view']> = {}) => {
    const [asset] = assetsOf(jsz([{ name: 'S', cluster: { leader }, state: { messages: 7 } }]), {
      ...HUB_1,
      name: server,
    });
    assert.ok(asset);
    return { ...asset, view: { ...asset.view, ...more } } as ReportedAsset;
  };

  test('a follower makes no row, its leader is named', () => {
    const { rows, unseen } = leaderRows([report('hub-2', 'hub-1'), report('hub-3', 'hub-1')]);
    assert.deepEqual(rows, []);
    assert.deepEqual([...unseen], [['hub-1', 1]]);
  });

  test('nor does a follower of a consumer: its 0 pending is no backlog', () => {
    const reports = ['hub-2', 'hub-3'].flatMap((name) => {
      const consumer = { name: 'c', cluster: { leader: 'hub-1' }, num_pending: 0 };
      const stream = { name: 'S', cluster: { leader: 'hub-2' }, consumer_detail: [consumer] };
      return assetsOf(jsz([stream]), { ...HUB_1, name });
    });
    assert.equal(reports.length, 4);
    const { rows, unseen } = leaderRows(reports);
    assert.deepEqual(
      rows.map(({ stream, consumer, server_name }) => [stream, consumer, server_name]),
      [['S', '', 'hub-2']],
    );
    assert.deepEqual([...unseen], [['hub-1', 1]]);
  });

  test('of two that claim to lead the later one does', () => {
    const before = { ...report('hub-1', 'hub-1'), leaderSince: '5' };
    const after = { ...report('hub-2', 'hub-2'), leaderSince: '9' };
    for (const reports of [
      [before, after],
      [after, before],
    ]) {
      assert.deepEqual(
        leaderRows(reports).rows.map((row) => row.server_name),
        ['hub-2'],
      );
    }
  });

  test('unrelated servers, domains and accounts may use one name', () => {
    const alone = { cluster: '' };
    const reports = [
      report('hub-1', 'hub-1'),
      report('hub-1', 'hub-1', { account: 'OTHER' }),
      report('hub-1', 'hub-1', { domain: 'edge' }),
      report('left', 'left', alone),
      report('right', 'right', alone),
    ];
    assert.equal(leaderRows(reports).rows.length, 5);
  });
});

describe('hostile input', () => {
  test('what is no answer of a nats-server is refused', () => {
    for (const text of ['', '<html>', '[]', 'null', '{}', '{"now":"later"}']) {
      assert.equal(new AssetDecoder(HUB_1).endPage(parseFields(text) ?? {}), false, text);
      assert.equal(identityOf(text), null, text);
    }
  });

  test('nothing throws, and every row fits its columns', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.bigInt().map(Number));
    const names = ['name', 'state', 'cluster', 'config', 'consumer_detail', 'num_pending'];
    const part = fc.dictionary(fc.constantFrom(...names, 'delivered', 'messages'), value);
    const streams = fc.array(
      fc.record({ state: part, config: part, consumer_detail: fc.array(part) }),
    );
    fc.assert(
      fc.property(fc.oneof(streams, value), (given) => {
        for (const row of assetsOf(jsz(given)).map(rowOf)) {
          for (const item of [row.messages, row.num_pending, row.delivered_stream_seq]) {
            assert.ok(BigInt(item) >= 0n && BigInt(item) < 2n ** 64n);
          }
          assert.ok(row.subjects.every((subject) => typeof subject === 'string'));
        }
      }),
      { numRuns: 200, examples: [[['toString']]] },
    );
  });
});
