import type { ParamValue } from '../database.ts';
import type { Background } from './background.ts';
import { FINE } from './levels.ts';

/** How many rows the engine took within one second of its clock. */
export interface InsertedSecond {
  source: 'spans' | 'hops';
  /** Unix seconds; 0: from before this was noted. */
  second: number;
  rows: number;
}

const MAX_SECONDS = 1_000_000;
const MAX_BUCKETS = 1_000_000;
/** Contexts whose publish lay further back, of one look. */
const MAX_CONTEXTS = 20_000;
/** ... and of one statement: the engine takes 256 KiB of text, and a context is 53 bytes of it. */
const MAX_CONTEXTS_AT_ONCE = 4_000;

/** Seconds from `since` on in which rows were taken, oldest first, and the engine's own clock. */
export async function insertedSeconds(
  ask: Background,
  since: number,
): Promise<{ now: number; seconds: InsertedSecond[] }> {
  const ofTable = (table: string): string => `SELECT '${table}' AS source,
    toUnixTimestamp(inserted) AS second, toUInt32(count()) AS rows FROM ${table}
    WHERE inserted >= toDateTime({since:UInt32}, 'UTC') GROUP BY second`;
  const rows = await ask<InsertedSecond & { now: number }>({
    tag: 'inserted-seconds',
    sql: `SELECT *, toUnixTimestamp(now()) AS now
      FROM (${ofTable('spans')} UNION ALL ${ofTable('hops')} UNION ALL SELECT '', 0, 0)
      ORDER BY second`,
    params: { since },
    maxRows: MAX_SECONDS,
  });
  return { now: rows[0]?.now ?? 0, seconds: rows.filter((row) => row.source !== ('' as string)) };
}

/** A bucket that something new belongs to, and how many new messages were published in it. */
export interface DirtyBucket {
  /** Unix seconds */
  bucket: number;
  publishes: number;
}

const bucketOf = (time: string): string =>
  `toUInt32(toUnixTimestamp(toStartOfInterval(${time}, INTERVAL ${FINE.seconds} SECOND)))`;

/** Kinds of spans that rollups count. */
const COUNTED = `(kind IN ('PRODUCER', 'CONSUMER', 'SERVER') OR operation_type = 'receive'
  OR kind = 'CLIENT' AND system = '')`;

/** Buckets that spans and hops which `where` selects by their columns lie in by their own time. */
async function ownBuckets(
  ask: Background,
  where: { spans: string; hops: string; params: Record<string, ParamValue> },
): Promise<DirtyBucket[]> {
  return await ask<DirtyBucket>({
    tag: 'own-buckets',
    sql: `SELECT bucket, toUInt32(sum(publishes)) AS publishes FROM (
        SELECT ${bucketOf('spans.start')} AS bucket, countIf(kind = 'PRODUCER') AS publishes
        FROM spans WHERE ${COUNTED} AND ${where.spans} GROUP BY bucket
        UNION ALL
        SELECT ${bucketOf('hops.time')} AS bucket, 0 AS publishes FROM hops WHERE ${where.hops}
        GROUP BY bucket)
      GROUP BY bucket ORDER BY bucket LIMIT ${MAX_BUCKETS}`,
    params: where.params,
    maxRows: MAX_BUCKETS,
  });
}

/** Every bucket from `second` on. */
export const bucketsSince = (ask: Background, second: number): Promise<DirtyBucket[]> =>
  ownBuckets(ask, {
    spans: "spans.start >= toDateTime64({second:UInt32}, 9, 'UTC')",
    hops: "hops.time >= toDateTime64({second:UInt32}, 9, 'UTC')",
    params: { second },
  });

const INSERTED = `inserted >= toDateTime({since:UInt32}, 'UTC')
  AND toUnixTimestamp(inserted) IN (SELECT toUInt32(arrayJoin({seconds:Array(String)})))`;

/** Buckets of spans and hops that were taken in the given seconds. */
export const bucketsOfInserted = (
  ask: Background,
  seconds: readonly number[],
): Promise<DirtyBucket[]> =>
  ownBuckets(ask, { spans: INSERTED, hops: INSERTED, params: secondsParams(seconds) });

const secondsParams = (seconds: readonly number[]): Record<string, ParamValue> => ({
  since: Math.min(...seconds),
  seconds: seconds.map(String),
});

const HANDLES = "(kind = 'CONSUMER' OR operation_type = 'receive')";
const NO_SPAN = "toFixedString('', 8)";

/** (trace id, span id) of what the rows of a sub-select of spans refer to, by parent and by link. */
const refersTo = (rows: string): string => `
  SELECT trace_id, parent_span_id AS span_id FROM ${rows} WHERE parent_span_id != ${NO_SPAN}
  UNION ALL
  SELECT link.1 AS trace_id, link.2 AS span_id FROM ${rows}
  ARRAY JOIN arrayZip(links.trace_id, links.span_id) AS link WHERE ${HANDLES}`;

/**
 * Contexts that rows taken in the given seconds refer to: messages of handlers and hops, handlers of
 * settlements and their messages, callers of HTTP calls. Needs {lookFrom}: handlers that began before it and were
 * not taken in these seconds stand for themselves.
 */
const CONTEXTS = ((): string => {
  const fresh = `(SELECT * FROM spans WHERE (${HANDLES} OR operation_type = 'settle') AND ${INSERTED})`;
  const calls = `SELECT trace_id, parent_span_id AS span_id FROM spans
    WHERE kind = 'SERVER' AND parent_span_id != ${NO_SPAN} AND ${INSERTED}`;
  const traces = `SELECT trace_id FROM spans WHERE ${INSERTED}
    AND (operation_type = 'settle' OR kind = 'CONSUMER' AND empty(links.trace_id))`;
  const above = `(SELECT * FROM spans WHERE ${HANDLES} AND trace_id IN (${traces})
    AND spans.start >= toDateTime64({lookFrom:UInt32}, 9, 'UTC'))`;
  return `${refersTo(fresh)} UNION ALL ${refersTo(above)} UNION ALL ${calls}
    UNION ALL SELECT trace_id, span_id FROM hops WHERE ${INSERTED}`;
})();

const RECENT = "spans.start >= toDateTime64({lookFrom:UInt32}, 9, 'UTC')";

/** Buckets from `lookFrom` on of the messages that rows taken in the given seconds are about. */
export async function bucketsReferredTo(
  ask: Background,
  { seconds, lookFrom }: { seconds: readonly number[]; lookFrom: number },
): Promise<DirtyBucket[]> {
  return await ask<DirtyBucket>({
    tag: 'referred-buckets',
    sql: `SELECT ${bucketOf('spans.start')} AS bucket, 0 AS publishes FROM spans
      WHERE (kind = 'PRODUCER' OR kind = 'CLIENT' AND system = '') AND ${RECENT}
        AND (trace_id, span_id) IN (${CONTEXTS})
      GROUP BY bucket ORDER BY bucket LIMIT ${MAX_BUCKETS}`,
    params: { ...secondsParams(seconds), lookFrom },
    maxRows: MAX_BUCKETS,
  });
}

/** Contexts that such rows refer to and that began before `lookFrom` or are not stored; 48 hex digits. */
export async function contextsBefore(
  ask: Background,
  { seconds, lookFrom }: { seconds: readonly number[]; lookFrom: number },
): Promise<string[]> {
  const rows = await ask<{ context: string }>({
    tag: 'late-contexts',
    sql: `SELECT DISTINCT lower(concat(hex(trace_id), hex(span_id))) AS context FROM (${CONTEXTS})
      WHERE (trace_id, span_id) NOT IN (SELECT trace_id, span_id FROM spans WHERE ${RECENT})
      LIMIT ${MAX_CONTEXTS}`,
    params: { ...secondsParams(seconds), lookFrom },
    maxRows: MAX_CONTEXTS,
  });
  return rows.map(({ context }) => context);
}

/** What a context stands for: a message's bucket, or a handler that refers to others. */
interface FoundContext {
  kind: string;
  bucket: number;
  refers: string[];
}

/** Buckets of the messages behind contexts of whatever age: themselves, or what those refer to. */
export async function bucketsOfContexts(
  ask: Background,
  contexts: readonly string[],
): Promise<DirtyBucket[]> {
  const found: DirtyBucket[] = [];
  let wanted = [...contexts];
  // Settlement, handler, receive, publish.
  for (let step = 0; step < 3 && wanted.length > 0; step++) {
    const refers = new Set<string>();
    for (let from = 0; from < wanted.length; from += MAX_CONTEXTS_AT_ONCE) {
      const rows = await findContexts(ask, wanted.slice(from, from + MAX_CONTEXTS_AT_ONCE));
      for (const row of rows) {
        if (row.kind === 'PRODUCER') found.push({ bucket: row.bucket, publishes: 0 });
        else for (const context of row.refers) refers.add(context);
      }
    }
    wanted = [...refers];
  }
  return found;
}

const findContexts = (ask: Background, contexts: readonly string[]): Promise<FoundContext[]> =>
  ask<FoundContext>({
    tag: 'contexts',
    sql: `SELECT kind, ${bucketOf('spans.start')} AS bucket,
        arrayMap(x -> lower(concat(hex(x.1), hex(x.2))), arrayPushBack(
          arrayZip(links.trace_id, links.span_id), (trace_id, parent_span_id))) AS refers
      FROM spans
      WHERE trace_id IN (
          SELECT toFixedString(unhex(substring(arrayJoin({contexts:Array(String)}), 1, 32)), 16))
        AND concat(trace_id, span_id) IN (SELECT unhex(arrayJoin({contexts:Array(String)})))
        AND (kind = 'PRODUCER' OR ${HANDLES})
      LIMIT ${MAX_CONTEXTS * 4}`,
    params: { contexts: [...contexts] },
    maxRows: MAX_CONTEXTS * 4,
  });
