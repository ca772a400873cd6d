import { type StageName, type UnixNs, unixNs } from '@hopline/model';
import type { Database } from '../database.ts';
import type { Bounds } from './bounds.ts';
import { deliveryStages, stageParams } from './paths/delivery-stages.ts';

/** A stage of some attempt, or `total`, that took from `minNs` to below `maxNs`. */
export interface StageTook {
  stage: StageName | 'total';
  minNs: bigint;
  maxNs: bigint;
}

export interface TookRow {
  trace_id: string;
  span_id: string;
  /** Unix ns */
  start: string;
}

/** First stretch of time that is searched, back from the newest; each next is longer. */
const FIRST_STRETCH_NS = 1_000_000_000_000n;
const STRETCH_GROWTH = 16n;

/**
 * Messages published within the bounds of which a stage took so long, newest first, each once. Fewer than
 * `limit`: there are no more. Dear, as the stages of all deliveries are computed to find the few: so in
 * stretches, and a step of its own before anything else is asked of the messages.
 */
export async function messagesThatTook(
  database: Database,
  args: Bounds & StageTook & { before?: { start: string; spanId: string }; limit: number },
): Promise<TookRow[]> {
  const { from, before } = args;
  const found: TookRow[] = [];
  let to: bigint = before && BigInt(before.start) < args.to ? BigInt(before.start) : args.to;
  for (let stretch = FIRST_STRETCH_NS; to >= from; stretch *= STRETCH_GROWTH) {
    const since = to - stretch > from ? to - stretch : from;
    const bounds = { ...args, from: since as UnixNs, to: unixNs(to) };
    found.push(...(await ofStretch(database, { ...bounds, limit: args.limit - found.length })));
    if (found.length === args.limit) break;
    to = since - 1n;
  }
  return found;
}

function ofStretch(
  database: Database,
  args: Parameters<typeof messagesThatTook>[1],
): Promise<TookRow[]> {
  const { before } = args;
  const isBefore = `AND (published_ns, hex(took.span_id)) < ({beforeStart:Int64}, {beforeSpan:String})`;
  return database.query<TookRow>({
    tag: 'messages-that-took',
    sql: `SELECT lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
        toString(published_ns) AS start
      FROM ${deliveryStages({})} AS took ARRAY JOIN stages
      WHERE stages.1 = {stage:String} AND stages.2 >= {min:Int64} AND stages.2 < {max:Int64}
        ${before === undefined ? '' : isBefore}
      ORDER BY published_ns DESC, took.span_id DESC
      LIMIT 1 BY took.trace_id, took.span_id LIMIT {limit:UInt32}`,
    params: {
      ...stageParams(args),
      stage: args.stage,
      min: args.minNs,
      max: args.maxNs,
      limit: args.limit,
      ...(before === undefined
        ? {}
        : { beforeStart: BigInt(before.start), beforeSpan: before.spanId.toUpperCase() }),
    },
    maxRows: args.limit,
    timeoutMs: args.timeoutMs,
  });
}
