/**
 * Percentiles from rollups against exact ones. `npm run bench:rollups -- [deliveries] [hours]`. Prints the
 * figures and writes bench/results/rollups.md; fails when one is off by more than 1 %.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unixNs } from '@hopline/model';
import { type ChdbDatabase, createChdbDatabase } from '../../server/src/store/chdb/driver.ts';
import { stageTable } from '../../server/src/store/queries/paths/stage-table.ts';
import { DELIVERY_COLUMNS } from '../../server/src/store/rollups/delivery-rows.ts';
import { HOUR, MINUTE } from '../../server/src/store/rollups/levels.ts';
import { rollFromFiner } from '../../server/src/store/rollups/roll.ts';
import { BINS_PER_DECADE, binOf } from '../../server/src/store/rollups/sketch.ts';

const DELIVERIES = Number(process.argv[2] ?? 10_000_000);
const HOURS = Number(process.argv[3] ?? 24);
const TIMEOUT_MS = 300_000;
const BEGIN = Math.floor(Date.now() / 3_600_000) * 3600 - HOURS * 3600;
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Durations, ns, of what the stages of real systems look like; a stage each. */
const DISTRIBUTIONS: Record<string, { stage: string; value: string }> = {
  'log-normal, median 3 ms': { stage: 'queue', value: 'randLogNormal(14.9, 1.2)' },
  'uniform, 1 to 20 ms': { stage: 'process', value: 'randUniform(1e6, 2e7)' },
  'two humps: 2 ms, one in 80 at 300 ms': {
    stage: 'buffer',
    value: 'if(rand(7) % 80 = 0, randNormal(3e8, 2e7), randNormal(2e6, 2e5))',
  },
  'heavy tail: Pareto, 1.1 from 1 ms': {
    stage: 'settle',
    value: '1e6 / pow(randUniform(1e-9, 1), 1 / 1.1)',
  },
};
const ms = (ns: number): string => (ns / 1e6).toFixed(4);
const MOST_OFF_PERCENT = 1;
const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

const dataDir = await mkdtemp(join(tmpdir(), 'hopline-bench-'));
try {
  await using database = await createChdbDatabase({
    dataDir,
    maxMemoryBytes: 6 * 1024 ** 3,
    readers: 2,
    writers: 1,
    queryTimeoutMs: TIMEOUT_MS,
    retentionDays: 7,
  });
  await database.migrate();
  const startedAt = performance.now();
  await fill(database);
  process.stderr.write(`filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  const text = await report(database);
  await mkdir(here('../results'), { recursive: true });
  await writeFile(here('../results/rollups.md'), text);
  process.stdout.write(text);
} finally {
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Makes the durations, and rollups of them level by level as the roller does. */
async function fill(database: ChdbDatabase): Promise<void> {
  const ask = <Row>(sql: string): Promise<Row[]> =>
    database.query<Row>({
      tag: 'bench',
      sql,
      params: {},
      maxRows: 100,
      timeoutMs: TIMEOUT_MS,
      background: true,
    });
  await ask(
    'CREATE TABLE truth (bucket UInt32, stage LowCardinality(String), value Int64) ORDER BY tuple()',
  );
  for (const { stage, value } of Object.values(DISTRIBUTIONS)) {
    await ask(`INSERT INTO truth SELECT ${BEGIN} + intDiv(number * ${HOURS * 360}, ${DELIVERIES}) * 10,
      '${stage}', toInt64(greatest(${value}, 1)) FROM numbers(${DELIVERIES})`);
    await ask(`INSERT INTO deliveries_10s (${DELIVERY_COLUMNS}, version)
      SELECT toDateTime(bucket, 'UTC'), 'a', 'b', 'c', 1, '${stage}', sum(n), 0, sum(s), min(lo), max(hi), sum(n), 0, 0,
        groupArray(bin), groupArray(n), 1
      FROM (SELECT bucket, ${binOf('value')} AS bin, count() AS n, sum(value) AS s, min(value) AS lo, max(value) AS hi
        FROM truth WHERE stage = '${stage}' GROUP BY bucket, bin) GROUP BY bucket`);
  }
  await ask(
    `INSERT INTO deliveries_10s (bucket, version) SELECT DISTINCT toDateTime(bucket, 'UTC'), 1 FROM truth`,
  );
  const background = <Row>(statement: {
    tag: string;
    sql: string;
    params: object;
    maxRows: number;
  }) => database.query<Row>({ ...statement, timeoutMs: TIMEOUT_MS, background: true } as never);
  for (const level of [MINUTE, HOUR]) {
    const count = (HOURS * 3600) / level.seconds;
    const buckets = Array.from({ length: count }, (_, index) => BEGIN + index * level.seconds);
    await rollFromFiner({ ask: background, version: 1 }, { level, buckets });
  }
}

async function report(database: ChdbDatabase): Promise<string> {
  const end = BEGIN + HOURS * 3600;
  const table = await stageTable(database, {
    from: unixNs(BigInt(BEGIN) * 1_000_000_000n),
    to: unixNs(BigInt(end) * 1_000_000_000n - 1n),
    timeoutMs: TIMEOUT_MS,
    reach: { rolledTo: end, behind: 0, oldestFine: 0, oldestMinute: 0 },
  });
  const exact = await database.query<{ stage: string; count: string; q: string[] }>({
    tag: 'bench',
    sql: `SELECT stage, toString(count()) AS count,
        arrayMap(v -> toString(v), quantilesExactLow(${Object.values(SHARES).join(', ')})(value)) AS q
      FROM truth GROUP BY stage`,
    params: {},
    maxRows: 100,
    timeoutMs: TIMEOUT_MS,
  });
  const lines = Object.entries(DISTRIBUTIONS).flatMap(([name, { stage }]) => {
    const rolled = table.find((row) => row.stage === stage);
    const truth = exact.find((row) => row.stage === stage);
    if (!rolled || rolled.count !== truth?.count) throw new Error(`${name}: counts differ`);
    return Object.keys(SHARES).map((share, index) => {
      const is = rolled[share as keyof typeof SHARES];
      const should = Number(truth.q[index]);
      const off = ((is - should) / should) * 100;
      if (Math.abs(off) > MOST_OFF_PERCENT) process.exitCode = 1;
      return `| ${name} | ${share.toUpperCase()} | ${ms(should)} | ${ms(is)} | ${off.toFixed(2)} % |`;
    });
  });
  return [
    '# Percentiles from rollups',
    '',
    'Written by `npm run bench:rollups`.',
    '',
    `- Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}. Date: ${new Date().toISOString().slice(0, 10)}.`,
    `- Data: ${DELIVERIES.toLocaleString('en')} deliveries a stage over ${HOURS} h, in buckets of 10 s, merged to 1 min and to 1 h as the roller does; the table is read from the hours. ${BINS_PER_DECADE} bins a decade: 0.80 % at most.`,
    '- Exact: `quantilesExactLow` over all values.',
    '',
    '| durations | | exact, ms | rollups, ms | off by |',
    '|---|---|---:|---:|---:|',
    ...lines,
    '',
  ].join('\n');
}
