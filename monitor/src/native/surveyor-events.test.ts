import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { exposition } from '../endpoints/exposition.ts';
import { SurveyorEvents } from './surveyor-events.ts';

const advisory = (kind: string, fields: object = {}): string =>
  JSON.stringify({ type: `io.nats.jetstream.advisory.v1.${kind}`, stream: 'S', ...fields });

const samplesOf = (events: SurveyorEvents): string[] =>
  [...exposition(events.blocks({ accounts: 1, services: 0 }), 'text')]
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('#'));

suite('events under the names of nats-surveyor', () => {
  test('what happens to replicas, which takes a cluster that loses servers', () => {
    const events = new SurveyorEvents();
    for (const kind of ['stream', 'consumer']) {
      events.takeJetStream('A', advisory(`${kind}_leader_elected`, { leader: 'a', consumer: 'c' }));
      events.takeJetStream('A', advisory(`${kind}_quorum_lost`, { consumer: 'c' }));
    }
    const samples = samplesOf(events);
    for (const name of ['stream_leader_elected', 'stream_quorum_lost']) {
      assert.ok(samples.includes(`nats_jetstream_${name}{account="A",stream="S"} 1`), name);
    }
    for (const name of ['consumer_leader_elected', 'consumer_quorum_lost']) {
      assert.ok(samples.includes(`nats_jetstream_${name}{account="A",stream="S"} 1`), name);
    }
    assert.ok(samples.includes('nats_jetstream_total_advisories{account="A"} 4'));
  });

  test('subjects of the API without the names in them', () => {
    const events = new SurveyorEvents();
    const subjects = {
      '$JS.API.STREAM.CREATE.S': '$JS.API.STREAM.CREATE',
      '$JS.API.STREAM.MSG.GET.S': '$JS.API.STREAM.MSG.GET',
      '$JS.API.CONSUMER.DURABLE.CREATE.S.c': '$JS.API.CONSUMER.DURABLE.CREATE',
      '$JS.API.CONSUMER.MSG.NEXT.S.c': '$JS.API.CONSUMER.MSG.NEXT',
      '$JS.hub.API.CONSUMER.INFO.S.c': '$JS.API.CONSUMER.INFO',
      '$JS.API.DIRECT.GET.S.orders.1': '$JS.API.DIRECT.GET',
      '$JS.API.INFO': '$JS.API.INFO',
      'orders.api': '$JS.API',
    };
    for (const subject of Object.keys(subjects)) {
      events.takeJetStream('A', advisory('api_audit', { subject }));
    }
    const seen = samplesOf(events).flatMap((line) => /subject="([^"]*)"/.exec(line)?.[1] ?? []);
    assert.deepEqual(seen, Object.values(subjects));
  });

  test('a snapshot by its blocks, where a server tells them', () => {
    const events = new SurveyorEvents();
    events.takeJetStream('A', advisory('snapshot_create', { blocks: 3, block_size: 100 }));
    events.takeJetStream('A', advisory('snapshot_create', { state: { bytes: 7 } }));
    const size = 'nats_jetstream_snapshot_size_bytes{account="A",stream="S"} 307';
    assert.ok(samplesOf(events).includes(size));
  });

  test('what is no time or no event counts as nothing else', () => {
    const events = new SurveyorEvents();
    events.takeJetStream('A', advisory('restore_complete', { start: 'x', end: 'y' }));
    events.takeJetStream('A', advisory('constructor'));
    events.takeJetStream('A', '[]');
    const samples = samplesOf(events);
    assert.ok(!samples.some((line) => line.includes('restore_duration')));
    const unknown = 'schema="io.nats.jetstream.advisory.v1.constructor",account="A"';
    assert.ok(samples.includes(`nats_jetstream_unknown_advisories{${unknown}} 1`));
    assert.ok(samples.includes('nats_jetstream_advisory_parse_errors{account="A"} 1'));
  });

  test('new labels have no end, series do', () => {
    const events = new SurveyorEvents();
    for (let at = 0; at < 6_000; at++) {
      events.takeJetStream('A', advisory('nak', { consumer: `c${at}` }));
    }
    events.takeJetStream('A', advisory('nak', { consumer: 'c0' }));
    const naks = samplesOf(events).filter((line) => line.startsWith('nats_jetstream_consumer_nak'));
    assert.equal(naks.length, 5_000);
    assert.equal(naks[0], 'nats_jetstream_consumer_nak{account="A",stream="S",consumer="c0"} 2');
  });
});
