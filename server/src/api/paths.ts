import type { UnixNs } from '@hopline/model';
import type {
  PathSummary,
  PathsResponse,
  StageOrTotal,
  UnhandledSummary,
} from '@hopline/model/api';
import { UNCONSUMED_AFTER_NS } from '../insight/fate.ts';
import { type Untaken, untaken } from '../insight/untaken.ts';
import {
  firstSpan,
  type PathRow,
  pathList,
  streamProgress,
  type UnhandledRow,
  unhandledMessages,
} from '../store/store.ts';
import { type ApiContext, rolledRange } from './api-context.ts';
import { observedSeconds } from './observed-seconds.ts';
import { wholeNs } from './whole-ns.ts';

interface PathsQuery {
  from?: string | undefined;
  to?: string | undefined;
  producer?: string | undefined;
  subject?: string | undefined;
  consumer?: string | undefined;
  unhandled?: 'true' | undefined;
  limit: number;
}

/** Steps of time in which the ends of streams and their consumers are compared. */
const PROGRESS_STEPS = 300;
/** Streams and consumers; of those past it nothing is told. */
const MAX_PROGRESS = 5_000;

/** GET /api/v1/paths */
export async function getPaths(context: ApiContext, query: PathsQuery): Promise<PathsResponse> {
  const bounds = await rolledRange(context, query);
  const { producer, subject, consumer, limit } = query;
  const { database } = context;
  const [first, rows, unhandled] = await Promise.all([
    firstSpan(database, bounds),
    pathList(database, { ...bounds, producer, subject, consumer, limit }),
    query.unhandled ? unhandledFlows(context, { ...bounds, producer, subject, limit }) : [],
  ]);
  const seconds = observedSeconds(context, bounds, first);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    paths: rows.map((row) => summary(row, seconds)),
    unhandled,
  };
}

/** What nobody was seen to take, and how much of it its stream threw away or others acknowledged. */
async function unhandledFlows(
  context: ApiContext,
  args: Parameters<typeof unhandledMessages>[1],
): Promise<UnhandledSummary[]> {
  const { database, now, unconsumedAfterNs = UNCONSUMED_AFTER_NS } = context;
  const until = now();
  // Younger messages may yet be taken.
  const settled = (until - unconsumedAfterNs) as UnixNs;
  const isSettled = args.to <= settled;
  const rows = await unhandledMessages(database, { ...args, to: isSettled ? args.to : settled });
  // They may have left later than they were asked for.
  const since = { from: args.from, to: until, timeoutMs: args.timeoutMs };
  const streams = new Set(rows.filter(({ stored }) => stored.length > 0).map((row) => row.stream));
  const progress = await streamProgress(database, {
    ...since,
    streams: [...streams],
    stepSeconds: Math.max(1, Math.ceil(Number(until - args.from) / 1e9 / PROGRESS_STEPS)),
    limit: MAX_PROGRESS,
  });
  // Of a stream that is cut off, a consumer that acknowledged may be missing.
  const cut = progress.length === MAX_PROGRESS ? progress.at(-1)?.stream : undefined;
  const whole = progress.filter(({ stream }) => stream !== cut);
  return rows.map((row) => unhandledSummary(row, untaken(row, whole)));
}

const unhandledSummary = (row: UnhandledRow, told: Untaken): UnhandledSummary => ({
  producer: row.producer,
  subject: row.subject_pattern,
  stream: row.stream,
  messages: Number(row.messages),
  refused: Number(row.refused),
  ...told,
});

function summary(row: PathRow, seconds: number): PathSummary {
  const deliveries = Number(row.deliveries);
  const stage = row.slowest_stage as StageOrTotal | '';
  return {
    producer: row.producer,
    subject: row.subject_pattern,
    consumer: row.consumer,
    deliveries,
    redeliveries: Number(row.redeliveries),
    errors: Number(row.errors),
    ratePerSecond: deliveries / seconds,
    total:
      deliveries === 0
        ? null
        : {
            average: wholeNs(row.total_avg),
            p50: wholeNs(row.total_p50),
            p99: wholeNs(row.total_p99),
            max: row.total_max,
          },
    slowest: stage === '' ? null : { stage, share: row.slowest_share },
  };
}
