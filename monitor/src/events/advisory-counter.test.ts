import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdvisoryRow } from '@hopline/model';
import { exposition } from '../endpoints/exposition.ts';
import { AdvisoryCounter } from './advisory-counter.ts';

const advisory = (kind: string, consumer = 'c'): AdvisoryRow => ({
  time: '1',
  id: 'x',
  kind,
  stream: 'S',
  consumer,
  stream_seq: '1',
  consumer_seq: '1',
  deliveries: 1,
  reason: '',
  domain: '',
  raw: '',
});

const samplesOf = (counts: AdvisoryCounter): string[] =>
  [...exposition(counts.blocks(), 'text')].join('').match(/^hopline.*$/gm) ?? [];

test('a fate nobody met yet is 0, so that the first one is an increase', () => {
  const samples = samplesOf(new AdvisoryCounter());
  assert.ok(samples.includes('hopline_jetstream_advisories_total{kind="max_deliver"} 0'));
});

test('fates are counted by consumer too, the rest by kind alone', () => {
  const counts = new AdvisoryCounter();
  for (const kind of ['max_deliver', 'max_deliver', 'stream_create']) counts.take(advisory(kind));
  const samples = samplesOf(counts);
  assert.ok(samples.includes('hopline_jetstream_advisories_total{kind="max_deliver"} 2'));
  assert.ok(samples.includes('hopline_jetstream_advisories_total{kind="stream_create"} 1'));
  assert.deepEqual(
    samples.filter((line) => line.startsWith('hopline_consumer')),
    ['hopline_consumer_advisories_total{domain="",stream="S",consumer="c",kind="max_deliver"} 2'],
  );
});

test('invented kinds and consumers that come for ever are bounded; none is lost from the sum', () => {
  const counts = new AdvisoryCounter();
  for (let at = 0; at < 200; at++) counts.take(advisory(`kind_${at}`));
  for (let at = 0; at < 6_000; at++) counts.take(advisory('nak', `c${at}`));
  const samples = samplesOf(counts);
  assert.ok(samples.length < 5_150, String(samples.length));
  assert.ok(samples.includes('hopline_jetstream_advisories_total{kind="nak"} 6000'));
  const sum = samples
    .filter((line) => line.startsWith('hopline_jetstream'))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  assert.equal(sum, 6_200);
});
