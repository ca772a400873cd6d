import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumerView } from '@hopline/model/api';
import { paint } from '../terminal-text.ts';
import type { Picture } from './fetch-picture.ts';
import { columnKeys, renderTop, type TopState } from './render-top.ts';
import { pressKey } from './top-keys.ts';

const STATE: TopState = {
  view: 'consumers',
  sort: 'lag',
  isReversed: false,
  isHeld: false,
  offset: 0,
};

const consumer = (name: string, seconds: number | null, backlog: number): ConsumerView =>
  ({
    stream: 'S',
    consumer: name,
    verdict: seconds === null ? 'warming up' : seconds > 10 ? 'stalled' : 'ok',
    completionLag: { seconds, method: seconds === null ? 'unknown' : 'interpolated' },
    backlog,
    inFlight: 0,
    redelivered: 0,
    givenUp: 0,
    arrivalPerSecond: 1,
    ackPerSecond: null,
    drainSeconds: null,
  }) as ConsumerView;

const PICTURE = {
  status: { nats: { state: 'disconnected' } },
  servers: [],
  consumers: [consumer('a', 1, 5), consumer('b', 90, 12_345), consumer('c', null, 0)],
  unknown: { servers: [], consumers: [] },
  atMs: 0,
} as unknown as Picture;

const lines = (state: TopState, height = 20): string[] =>
  renderTop(PICTURE, state, { width: 120, height }).map((line) => paint(line, false));

test('the worst on top, unknown last, sums above', () => {
  const [sums, what, , heading, ...rows] = lines(STATE);
  assert.match(sums ?? '', /12\.3k waiting {2}1 of 3 consumers not well {2}NATS disconnected$/);
  assert.equal(what, 'consumers by lag');
  assert.match(heading ?? '', /^STREAM\/CONSUMER +VERDICT +LAG +BACKLOG/);
  assert.deepEqual(
    rows.map((row) => row.slice(0, 3)),
    ['S/b', 'S/a', 'S/c'],
  );
  assert.match(rows[0] ?? '', /stalled +~90\.0 s/);
});

test('what does not fit is counted; no line is wider than the terminal', () => {
  const few = lines(STATE, 6);
  assert.equal(few.length, 6);
  assert.equal(few.at(-1), '2 more');
  assert.ok(
    renderTop(PICTURE, STATE, { width: 30, height: 9 }).every(
      (line) => paint(line, false).length <= 30,
    ),
  );
});

test('rows scroll, and stop at the last one', () => {
  const rows = (offset: number): string[] => lines({ ...STATE, offset }, 6).slice(4);
  assert.match(rows(1)[0] ?? '', /^S\/a/);
  assert.equal(rows(1)[1], '1 above, 1 more');
  assert.match(rows(99)[0] ?? '', /^S\/c/);
  assert.equal(rows(99)[1], '2 above');
  assert.equal(pressKey('\u001b[B', STATE)?.offset, 1);
  assert.equal(pressKey('\u001b[5~', STATE)?.offset, 0);
  assert.equal(pressKey('r', { ...STATE, offset: 7 })?.offset, 0);
});

test('keys change what is shown', () => {
  const keys = columnKeys('consumers');
  const next = pressKey('>', STATE);
  assert.equal(next?.sort, keys[keys.indexOf('lag') + 1]);
  assert.equal(next && pressKey('\u001b[D', next)?.sort, 'lag');
  assert.equal(pressKey('<', { ...STATE, sort: keys[0] ?? '' })?.sort, keys.at(-1));
  assert.deepEqual(pressKey('s', STATE), { ...STATE, view: 'servers', sort: 'in' });
  assert.equal(pressKey('r', STATE)?.isReversed, true);
  assert.equal(pressKey(' ', STATE)?.isHeld, true);
  assert.equal(pressKey('x', STATE), STATE);
  for (const key of ['q', '\u0003']) assert.equal(pressKey(key, STATE), null);
});

test('what nobody may tell is unknown, not 0', () => {
  const reason = 'no permission to publish to $JS.API.INFO';
  const picture: Picture = {
    ...PICTURE,
    consumers: [],
    unknown: {
      servers: [{ part: 'servers', server: '', reason: 'nobody to ask' }],
      consumers: [{ part: 'streams and consumers', server: '', reason }],
    },
  };
  const [sums, , note, gap, heading, ...rows] = renderTop(picture, STATE, {
    width: 120,
    height: 20,
  }).map((line) => paint(line, false));
  assert.match(sums ?? '', /servers unknown {2}consumers unknown/);
  assert.doesNotMatch(sums ?? '', /\b0\b/);
  assert.equal(note, `streams and consumers are unknown: ${reason}`);
  assert.equal(gap, '');
  assert.match(heading ?? '', /^STREAM/);
  assert.deepEqual(rows, []);
});

test('on a small terminal what is wrong stays, and names keep both of their ends', () => {
  const long = `CUSTOMER_${'EUROPE_'.repeat(20)}PRODUCTION`;
  const picture: Picture = {
    ...PICTURE,
    consumers: Array.from({ length: 60 }, (_, at) => consumer(`${long}_${at}`, 90, 12_345)),
  };
  const shown = (width: number, height: number): string[] =>
    renderTop(picture, STATE, { width, height }).map((line) => paint(line, false));
  const small = shown(60, 20);
  assert.equal(small.length, 20);
  assert.ok(small.every((line) => line.length <= 60));
  assert.match(small[0] ?? '', /^60 of 60 consumers not well {2}NATS disconnected$/);
  assert.match(small[3] ?? '', /^STREAM\/CONSUMER +VERDICT +LAG +BACKLOG/);
  assert.match(small[4] ?? '', /^S\/CUSTOMER_.*….*PRODUCTION_\d+ +stalled +~90\.0 s +12\.3k/);
  assert.match(small.at(-1) ?? '', /^\d+ more$/);
  const large = shown(200, 50);
  assert.equal(large.length, 50);
  assert.match(large[0] ?? '', /^hopline .* in {2}.*waiting {2}60 of 60 consumers not well/);
  assert.match(large[3] ?? '', /IN FLIGHT +REDELIVERED +IN +ACKED +DRAINED IN$/);
});
