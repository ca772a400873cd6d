import type { UnixNs } from '@hopline/model';
import type {
  PathSummary,
  PathsResponse,
  StageOrTotal,
  UnhandledSummary,
} from '@hopline/model/api';
import { UNCONSUMED_AFTER_NS } from '../insight/fate.ts';
import {
  firstSpan,
  type PathRow,
  pathList,
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

/** GET /api/v1/paths */
export async function getPaths(context: ApiContext, query: PathsQuery): Promise<PathsResponse> {
  const bounds = await rolledRange(context, query);
  const { producer, subject, consumer, limit } = query;
  const { database, now, unconsumedAfterNs = UNCONSUMED_AFTER_NS } = context;
  // Younger messages may yet be taken.
  const settled = (now() - unconsumedAfterNs) as UnixNs;
  const old = { ...bounds, to: settled < bounds.to ? settled : bounds.to };
  const [first, rows, unhandled] = await Promise.all([
    firstSpan(database, bounds),
    pathList(database, { ...bounds, producer, subject, consumer, limit }),
    query.unhandled ? unhandledMessages(database, { ...old, producer, subject, limit }) : [],
  ]);
  const seconds = observedSeconds(context, bounds, first);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    paths: rows.map((row) => summary(row, seconds)),
    unhandled: unhandled.map(unhandledSummary),
  };
}

const unhandledSummary = (row: UnhandledRow): UnhandledSummary => ({
  producer: row.producer,
  subject: row.subject_pattern,
  stream: row.stream,
  messages: Number(row.messages),
  refused: Number(row.refused),
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
