import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { EMPTY_CLUSTER, type ServerView } from '@hopline/model/api';
import { AssetDecoder } from '../endpoints/asset-decoder.ts';
import { exposition } from '../endpoints/exposition.ts';
import type { Fields } from '../endpoints/fields.ts';
import { decodeStream } from '../endpoints/jetstream-asset.ts';
import { jetstreamFigures, serverFigures } from '../endpoints/server-figures.ts';
import { gatewayLinks } from '../endpoints/server-links.ts';
import { accountTraffic } from '../endpoints/server-parts.ts';
import { SurveyBook } from './survey-book.ts';
import { surveyorBlocks } from './surveyor-blocks.ts';

/** Parts of answers of nats-server 2.15 after a day: what no test has the time for. */
const VARZ: Fields = {
  server_id: 'NA',
  server_name: 'a',
  gomemlimit: 4096,
  jetstream: {
    config: { max_memory: 1, max_storage: 1, domain: 'hub' },
    meta: {
      name: 'east',
      leader: 'b',
      pending: 7,
      cluster_size: 3,
      // A follower knows nothing of the others.
      replicas: [{ name: 'b', current: true, active: 5 }],
      snapshot: {
        pending_entries: 4,
        pending_size: 3746,
        last_time: '2026-01-02T03:04:05.6Z',
        last_duration: 250_000_000,
      },
    },
  },
};
const CONNECTION = { cid: 9, name: 'NB', uptime: '1d2h0m3s', idle: '1d0h0m1s', rtt: '1.5ms' };
const GATEWAYZ: Fields = {
  outbound_gateways: { west: { configured: true, connection: CONNECTION } },
};

suite('surveyor names after a day', () => {
  test('the last snapshot of the meta layer, and what waits for that layer', () => {
    const text = textOf([server({ jetstream: jetstreamFigures(VARZ) })]);
    const labels = 'server_id="NA",server_name="a",cluster_name="east"';
    const meta = 'nats_core_jetstream_meta_snapshot';
    assert.match(text, line(`${meta}_last_timestamp_seconds{${labels}} 1767323045`));
    assert.match(text, line(`${meta}_last_duration_seconds{${labels}} 0.25`));
    assert.match(text, line(`${meta}_pending_bytes{${labels}} 3746`));
    assert.match(text, line(`nats_core_jetstream_api_pending{${labels}} 7`));
    assert.match(text, line(`nats_core_jetstream_cluster_raft_group_replicas{${labels}} 0`));
    assert.doesNotMatch(text, /replica_peer/);
  });

  test('a gateway that is open for longer than a day', () => {
    const text = textOf([server({ links: gatewayLinks(GATEWAYZ) })]);
    const labels =
      'server_id="NA",server_name="a",gateway_name="east",remote_gateway_name="west",gateway_id="NB",cid="9"';
    const gateway = 'nats_core_gatewayz_outbound_gateway_conn';
    assert.match(text, line(`${gateway}_uptime_seconds{${labels}} 93603`));
    assert.match(text, line(`${gateway}_idle_seconds{${labels}} 86401`));
    assert.match(text, line(`${gateway}_rtt{${labels}} 0.0015`));
  });

  test('a server without JetStream, and one outside of a cluster', () => {
    const without = textOf([server({ jetstream: null })]);
    assert.match(without, /^nats_core_jetstream_server_jetstream_disabled\{.*\} 1$/m);
    assert.match(without, /^nats_core_jetstream_server_total_streams\{.*\} 0$/m);
    const { meta: _, ...jetstream } = VARZ['jetstream'] as Fields;
    const alone = textOf([server({ jetstream: jetstreamFigures({ ...VARZ, jetstream }) })]);
    assert.match(
      alone,
      line(
        'nats_core_jetstream_cluster_raft_group_info{jetstream_domain="",raft_group="",server_id="NA",server_name="a",cluster_name="",leader=""} 0',
      ),
    );
    assert.doesNotMatch(alone, /raft_group_size|api_pending|meta_snapshot/);
  });

  test('an account from a JWT has its key and its name; without a limit nothing is reserved', () => {
    const jetstream = jetstreamFigures(VARZ)!;
    jetstream.usage = usageOf({
      name: 'orders',
      id: 'AKEY',
      memory: 1,
      storage: 2,
      reserved_memory: 18446744073709552000,
      reserved_storage: 3,
    });
    const accounts = accountTraffic({
      account_statz: [{ acc: 'AKEY', name: 'orders', conns: 1, sent: { msgs: 5 } }],
    });
    const text = textOf([server({ jetstream, accounts })]);
    const account = 'account="AKEY",account_name="orders"';
    const held = 'nats_core_account_jetstream';
    assert.match(text, line(`${held}_storage_used{${account}} 2`));
    assert.match(text, line(`${held}_storage_reserved{${account}} 3`));
    assert.doesNotMatch(text, /memory_reserved\{account/);
    // This server does not tell kinds of connections apart.
    assert.match(text, new RegExp(`^nats_core_account_msgs_sent\\{.*${account}\\} 5$`, 'm'));
    assert.doesNotMatch(text, /client_msgs_sent/);
    assert.match(text, line('nats_core_account_count 1'));
  });
});

test('traffic of an account by kind of connection', () => {
  const part = (msgs: number) => ({ msgs, bytes: msgs * 100 });
  const sent = { ...part(20), leafs: part(1), routes: part(2), gateways: part(3) };
  const [account] = accountTraffic({ account_statz: [{ acc: 'A', sent, received: sent }] });
  const text = textOf([server({ accounts: [account!] })]);
  for (const [kind, msgs] of Object.entries({ client: 14, leaf: 1, route: 2, gateway: 3 })) {
    assert.match(text, new RegExp(`^nats_core_account_${kind}_msgs_sent\\{.*\\} ${msgs}$`, 'm'));
    assert.match(text, new RegExp(`^nats_core_account_${kind}_bytes_recv\\{.*\\} ${msgs}00$`, 'm'));
  }
});

test('what has no series of its own, for the budget, is counted all the same', () => {
  const identity = { id: 'NA', name: 'a', version: '', cluster: '', domain: '' };
  const { view } = decodeStream(
    { name: 'S', config: { storage: 'file', max_bytes: 9 }, state: { bytes: 5 } },
    identity,
  );
  const streams = [{ ...view, account: 'A', ingestPerSecond: null, breaches: [] }];
  const accounts = accountTraffic({ account_statz: [{ acc: 'A', name: 'A' }] });
  const snapshot = { ...EMPTY_CLUSTER, time: '1', servers: [server({ accounts })], streams };
  const text = [...exposition(surveyorBlocks(snapshot, { maxSeries: 1 }), 'text')].join('');
  assert.doesNotMatch(text, /^nats_stream_/m);
  assert.match(text, line('hopline_series_left_out{kind="streams"} 1'));
  const account = 'account="A",account_name="A"';
  const held = 'nats_core_account_jetstream';
  assert.match(text, line(`${held}_stream_count{${account}} 1`));
  assert.match(text, line(`${held}_tiered_storage_used{${account},tier="R1"} 5`));
});

test('sweeps are counted: their time, those without an answer, servers that are missing', () => {
  const book = new SurveyBook(2_000);
  assert.equal([...exposition(book.blocks(), 'text')].join(''), '');
  const up = server({});
  const late = server({ figures: null, endpoints: [LATE] });
  book.take({ ...EMPTY_CLUSTER, servers: [up, late] }, 250);
  book.take({ ...EMPTY_CLUSTER, servers: [late] }, 2_000);
  assert.deepEqual(
    [...exposition(book.blocks({ name: 'us', reconnects: 3 }), 'text')]
      .join('')
      .split('\n')
      .filter((one) => !/^# HELP/.test(one)),
    [
      '# TYPE nats_survey_nats_reconnects counter',
      'nats_survey_nats_reconnects{name="us"} 3',
      '# TYPE nats_survey_duration_seconds summary',
      'nats_survey_duration_seconds_sum 2.25',
      'nats_survey_duration_seconds_count 2',
      '# TYPE nats_survey_poll_error_count counter',
      'nats_survey_poll_error_count 1',
      '# TYPE nats_survey_late_replies_count counter',
      'nats_survey_late_replies_count{timeout="2.0"} 2',
      '# TYPE nats_survey_no_replies_count counter',
      'nats_survey_no_replies_count{expected="2"} 1',
      'nats_survey_no_replies_count{expected="1"} 1',
      '',
    ],
  );
});

const LATE: ServerView['endpoints'][number] = {
  endpoint: 'varz',
  up: false,
  error: 'no answer within 2000 ms',
  reason: 'timeout',
  durationMs: 2_000,
  lastSuccess: null,
};

const server = (parts: Partial<ServerView>): ServerView => ({
  name: 'a',
  id: 'NA',
  cluster: 'east',
  version: '2.15.1',
  url: 'http://host-a:8222',
  source: 'monitoring URL',
  state: 'up',
  stateReason: '',
  lastSuccess: null,
  health: 'ok',
  healthError: '',
  figures: serverFigures(VARZ),
  jetstream: null,
  links: [],
  queues: [],
  matching: null,
  accounts: [],
  raft: [],
  endpoints: [],
  ...parts,
});

/** As the decoder of `/jsz` tells it. */
function usageOf(account: Fields) {
  const decoder = new AssetDecoder({ id: 'NA', name: 'a', version: '', cluster: '', domain: '' });
  decoder.page().end();
  assert.ok(decoder.endPage({ now: '2026-01-02T03:04:05Z', account_details: [account] }));
  return decoder.usage;
}

const textOf = (servers: ServerView[]): string =>
  [
    ...exposition(
      surveyorBlocks({ ...EMPTY_CLUSTER, time: '1', servers }, { maxSeries: 10 }),
      'text',
    ),
  ].join('');

const line = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'm');
