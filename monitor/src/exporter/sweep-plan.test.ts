import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ScrapeRhythm, type ScraperId } from './scrape-rhythm.ts';
import { type LastSweep, planAhead, planEvery } from './sweep-plan.ts';

const LAST: LastSweep = { startedMs: 30_000, endedMs: 32_000, forMs: 30_000, longestMs: 2_000 };
/** 1.25 times the longest, and a little. */
const LEAD_MS = 2_750;

suite('a rhythm', () => {
  test('is known after two gaps that are alike', () => {
    const rhythm = new ScrapeRhythm();
    const scraper = keepingConnection();
    for (const [atMs, periodMs] of [
      [0, null],
      [15_000, null],
      [30_400, 15_200],
      [45_000, 15_000],
      // Out of step; then in step again.
      [52_000, null],
      [60_000, null],
      [68_000, 8_000],
    ] as const) {
      rhythm.add(scraper, atMs);
      assert.equal(rhythm.periodMs(atMs), periodMs, `at ${atMs}`);
    }
  });

  test('ends when its scraper stays away', () => {
    const rhythm = regular(new ScrapeRhythm(), { fromMs: 0, periodMs: 10_000 });
    assert.equal(rhythm.periodMs(30_500), 10_000);
    assert.equal(rhythm.periodMs(31_500), null);
    assert.equal(rhythm.nextMs(0, 31_500), null);
  });

  test('of those who ask once each there is none, and they are forgotten', () => {
    const rhythm = new ScrapeRhythm();
    const first = keepingConnection();
    rhythm.add(first, 0);
    for (let atMs = 1000; atMs <= 100_000; atMs += 1000) {
      rhythm.add({ connection: {}, origin: `${atMs}` }, atMs);
    }
    assert.equal(rhythm.periodMs(100_000), null);
  });

  test('the most frequent scraper sets the period; the next is whoever comes first', () => {
    const rhythm = regular(new ScrapeRhythm(), { fromMs: 0, periodMs: 10_000 });
    regular(rhythm, { fromMs: -40_000, periodMs: 30_000 });
    assert.equal(rhythm.periodMs(20_000), 10_000);
    assert.equal(rhythm.nextMs(21_000, 20_000), 30_000);
    assert.equal(rhythm.nextMs(41_000, 20_000), 50_000);
  });
});

suite('a rhythm of those who open a connection for each scrape', () => {
  const ORIGIN = '10.0.0.1 curl/8';
  /** What is known after scrapes at these times. */
  const after = (timesMs: readonly number[]): ScrapeRhythm => {
    const rhythm = new ScrapeRhythm();
    for (const atMs of timesMs) rhythm.add({ connection: {}, origin: ORIGIN }, atMs);
    return rhythm;
  };
  const every = (periodMs: number, fromMs: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => fromMs + index * periodMs);
  const merged = (...times: number[][]): number[] => times.flat().sort((a, b) => a - b);

  test('is known after three gaps that are alike, and ends when it stays away', () => {
    assert.equal(after(every(15_000, 0, 3)).periodMs(30_000), null);
    const rhythm = after([0, 15_100, 29_900, 45_000]);
    assert.equal(rhythm.periodMs(45_000), 14_950);
    assert.equal(rhythm.nextMs(45_000, 45_000), 59_950);
    assert.equal(rhythm.periodMs(62_000), null);
  });

  test('goes on for as long as scrapes come when they are due', () => {
    const rhythm = after(every(15_000, 0, 40));
    assert.equal(rhythm.periodMs(39 * 15_000), 15_000);
  });

  test('of two behind one address is that of each, however close they come', () => {
    for (const laterMs of [200, 1_000, 4_000, 7_000, 7_500, 14_900]) {
      const timesMs = merged(every(15_000, 0, 6), every(15_000, laterMs, 6));
      const rhythm = after(timesMs);
      const nowMs = timesMs.at(-1)!;
      // Two that come in turn, evenly, are one that comes twice as often.
      const periodMs = laterMs === 7_500 ? 7_500 : 15_000;
      assert.equal(rhythm.periodMs(nowMs), periodMs, `${laterMs} ms later`);
      const offMs = Math.abs(rhythm.nextMs(nowMs, nowMs)! - 90_000);
      assert.ok(offMs < 100, `${laterMs} ms later: expected ${offMs} ms off`);
    }
  });

  test('is found beside a more frequent one', () => {
    const timesMs = merged(every(15_000, 0, 12), every(60_000, 7_000, 4));
    const rhythm = after(timesMs.filter((atMs) => atMs <= 165_000));
    assert.equal(rhythm.periodMs(165_000), 15_000);
    const slow = after([...timesMs.filter((atMs) => atMs <= 165_000), 187_000]);
    assert.equal(slow.periodMs(187_000), 60_000);
  });

  test('does not come of scrapes at any time', () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const rhythm = new ScrapeRhythm();
    let nowMs = 0;
    let expected = 0;
    for (let scrape = 0; scrape < 2_000; scrape++) {
      nowMs += 15_000 * (0.5 + random());
      rhythm.add({ connection: {}, origin: ORIGIN }, nowMs);
      if (rhythm.periodMs(nowMs) !== null) expected++;
    }
    assert.ok(expected < 500, `${expected} of 2000`);
  });

  test('is not mixed up with that of one who keeps its connection', () => {
    const rhythm = new ScrapeRhythm();
    const keeping = { connection: {}, origin: ORIGIN };
    for (const atMs of [0, 1_000, 2_000]) rhythm.add({ connection: {}, origin: ORIGIN }, atMs);
    rhythm.add(keeping, 3_000);
    assert.equal(rhythm.periodMs(3_000), 1_000);
    const apart = new ScrapeRhythm();
    for (const atMs of [1_000, 2_000]) apart.add({ connection: {}, origin: ORIGIN }, atMs);
    for (const atMs of [3_000, 3_500]) apart.add(keeping, atMs);
    apart.add({ connection: {}, origin: ORIGIN }, 4_000);
    assert.equal(apart.periodMs(4_000), null);
  });
});

suite('the next sweep', () => {
  test('ends before the next scrape is due', () => {
    const rhythm = regular(new ScrapeRhythm(), { fromMs: 0, periodMs: 15_000 });
    assert.deepEqual(planAhead(rhythm, LAST, 32_000), {
      startMs: 45_000 - LEAD_MS,
      forMs: 45_000,
      keepUntilMs: 46_500,
    });
  });

  test('is not planned for nobody', () => {
    assert.equal(planAhead(new ScrapeRhythm(), LAST, 32_000), null);
  });

  test('five scrapers at different times: one in each period', () => {
    const rhythm = new ScrapeRhythm();
    const scrapers = [0, 1_700, 6_000, 9_500, 13_000].map((fromMs) => ({ fromMs }));
    for (const scraper of scrapers) regular(rhythm, { ...scraper, periodMs: 15_000 });
    const starts: number[] = [];
    let last = LAST;
    for (let nowMs = 43_500; nowMs < 500_000; nowMs += 500) {
      for (const scraper of scrapers) {
        if ((nowMs - scraper.fromMs) % 15_000 === 0) regularly(rhythm, scraper.fromMs, nowMs);
      }
      const plan = planAhead(rhythm, last, nowMs);
      assert.ok(plan);
      if (plan.startMs > nowMs) continue;
      starts.push(plan.startMs);
      last = { ...LAST, ...plan, startedMs: nowMs, endedMs: nowMs + 2_000 };
    }
    const gaps = starts.slice(1).map((startMs, at) => startMs - (starts[at] as number));
    assert.ok(gaps.length > 20 && gaps.every((gapMs) => gapMs >= 13_500), gaps.join());
    const mean = gaps.reduce((sum, gapMs) => sum + gapMs, 0) / gaps.length;
    assert.ok(mean >= 14_900, `${mean}`);
  });

  test('leaves the server alone for as long as it needed', () => {
    const rhythm = regular(new ScrapeRhythm(), { fromMs: 0, periodMs: 15_000 });
    const slow = { ...LAST, endedMs: 39_000, longestMs: 9_000 };
    // 39 s and 9 s of rest and then 11.5 s for the next: the scrape at 45 s has to do with the last.
    assert.deepEqual(planAhead(rhythm, slow, 39_000), {
      startMs: 60_000 - 11_500,
      forMs: 60_000,
      keepUntilMs: 61_500,
    });
    assert.equal(planEvery(5_000, slow).startMs, 48_000);
  });

  test('of an interval begins when that is over', () => {
    assert.deepEqual(planEvery(10_000, LAST), {
      startMs: 40_000,
      forMs: 40_000,
      keepUntilMs: 50_000,
    });
  });
});

function keepingConnection(): ScraperId {
  return { connection: {}, origin: '10.0.0.1 Prometheus/3.5.0' };
}

interface Scraping {
  fromMs: number;
  periodMs: number;
}

/** Three scrapes of one more scraper. */
function regular(rhythm: ScrapeRhythm, { fromMs, periodMs }: Scraping): ScrapeRhythm {
  for (let scrape = 0; scrape < 3; scrape++) regularly(rhythm, fromMs, fromMs + scrape * periodMs);
  return rhythm;
}

const scrapers = new WeakMap<ScrapeRhythm, Map<number, ScraperId>>();

/** A scrape by the scraper that began at `fromMs`. */
function regularly(rhythm: ScrapeRhythm, fromMs: number, nowMs: number): void {
  const known = scrapers.get(rhythm) ?? new Map<number, ScraperId>();
  scrapers.set(rhythm, known);
  const scraper = known.get(fromMs) ?? keepingConnection();
  known.set(fromMs, scraper);
  rhythm.add(scraper, nowMs);
}
