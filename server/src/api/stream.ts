import type { ResponseOf } from '@hopline/model/api';
import {
  answeredTo,
  type LatencyByConsumerRow,
  latencyByConsumer,
  type RolledBounds,
  type StreamHistoryRow,
  type StreamSubjectRow,
  streamHistory,
  streamSubjects,
} from '../store/store.ts';
import { type ApiContext, askedRange, rolledRange } from './api-context.ts';
import { stepSecondsOf } from './step-seconds.ts';
import { wholeNs } from './whole-ns.ts';

type StreamResponse = ResponseOf<'stream'>;

/** Lines of one picture: more could not be told apart. */
const MOST_LINES = 8;
/** A stream of many patterns: latency is asked of the busiest. */
const MOST_PATTERNS = 200;
const SECOND_NS = 1_000_000_000n;
/** SDKs keep spans for five seconds before they send them: a younger step would look like a fall. */
const SETTLED_NS = 10n * SECOND_NS;

/** GET /api/v1/streams/{stream} */
export async function getStream(
  context: ApiContext,
  given: {
    stream: string;
    account?: string | undefined;
    from?: string | undefined;
    to?: string | undefined;
    points: number;
  },
): Promise<StreamResponse> {
  const { stream, account } = given;
  const range = askedRange(context, given);
  const bounds = await rolledRange(context, given);
  const stepSeconds = stepSecondsOf(bounds);
  const stepped = { ...bounds, stepSeconds };
  const [history, subjects] = await Promise.all([
    streamHistory(context.database, {
      ...range,
      account: account ?? null,
      stream,
      consumers: MOST_LINES,
      limit: given.points,
    }),
    streamSubjects(context.database, { ...stepped, stream, limit: MOST_PATTERNS }),
  ]);
  const settledTo = context.now() - SETTLED_NS;
  const byConsumer = Map.groupBy(history, ({ consumer }) => consumer);
  const own = byConsumer.get('') ?? [];
  byConsumer.delete('');
  const known = { settledTo, knownFrom: knownFrom(own, subjects) };
  const begins = wholeSteps({ ...bounds, ...known }, BigInt(stepSeconds) * SECOND_NS);
  const latency = await latencyByConsumer(context.database, {
    ...stepped,
    subjects: subjects.map(({ subject_pattern }) => subject_pattern),
    limit: (begins.length + 3) * 100,
  });
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    stream:
      context
        .cluster()
        .streams.find(
          (one) => one.stream === stream && (account === undefined || one.account === account),
        ) ?? null,
    points: own.map((row, index) => pointOf(row, own[index - 1])),
    step: `${stepSeconds}000000000`,
    subjects: subjects
      .slice(0, MOST_LINES)
      .map((row) => subjectOf(row, { begins, seconds: stepSeconds })),
    consumers: [...byConsumer].map(([consumer, rows]) => ({
      consumer,
      points: rows.map((row) => ({
        time: row.time,
        backlog: Number(row.backlog),
        deliveryLagSeconds: row.delivery_lag_seconds,
        completionLagSeconds: row.completion_lag_seconds,
      })),
    })),
    latency: latencies(latency, new Set(begins)),
  };
}

/** Unix ns of the first that anybody told of the stream: before it nothing is known, which is not zero. */
function knownFrom(
  reports: readonly StreamHistoryRow[],
  subjects: readonly StreamSubjectRow[],
): bigint {
  const times = [...reports.slice(0, 1), ...subjects.map(({ times: [time] }) => ({ time }))]
    .flatMap(({ time }) => (time === undefined ? [] : [BigInt(time)]))
    .toSorted((one, other) => Number(one - other));
  return times[0] ?? 0n;
}

/** Begins of the steps that lie wholly in what is asked and what an answer holds, are known of, and have settled. */
function wholeSteps(
  bounds: RolledBounds & { settledTo: bigint; knownFrom: bigint },
  step: bigint,
): string[] {
  const answered = answeredTo(bounds) + 1n;
  const end = answered < bounds.settledTo ? answered : bounds.settledTo;
  const begins: string[] = [];
  for (let at = ((bounds.from + step - 1n) / step) * step; at + step <= end; at += step) {
    if (at + step > bounds.knownFrom) begins.push(String(at));
  }
  return begins;
}

function pointOf(
  row: StreamHistoryRow,
  before: StreamHistoryRow | undefined,
): StreamResponse['points'][number] {
  const stored = before ? Number(BigInt(row.last_seq) - BigInt(before.last_seq)) : -1;
  const seconds = before ? Number(BigInt(row.time) - BigInt(before.time)) / 1e9 : 0;
  return {
    time: row.time,
    messages: Number(row.messages),
    bytes: Number(row.bytes),
    ingestPerSecond: stored < 0 || seconds <= 0 ? null : stored / seconds,
  };
}

function subjectOf(
  row: StreamSubjectRow,
  steps: { begins: readonly string[]; seconds: number },
): StreamResponse['subjects'][number] {
  const counts = new Map(row.times.map((time, index) => [time, Number(row.counts[index])]));
  return {
    subject: row.subject_pattern,
    count: Number(row.count),
    points: steps.begins.map((time) => ({
      time,
      perSecond: (counts.get(time) ?? 0) / steps.seconds,
    })),
  };
}

/** Rows of the whole range come first, the busiest on top: they choose the services. */
function latencies(
  rows: readonly LatencyByConsumerRow[],
  begins: ReadonlySet<string>,
): StreamResponse['latency'] {
  const steps = Map.groupBy(
    rows.filter(({ time }) => begins.has(time)),
    ({ consumer }) => consumer,
  );
  const figures = ({ count, p50, p99 }: LatencyByConsumerRow) => ({
    count: Number(count),
    p50: wholeNs(p50),
    p99: wholeNs(p99),
  });
  return rows
    .filter(({ time }) => time === '')
    .slice(0, MOST_LINES)
    .map((whole) => ({
      service: whole.consumer,
      ...figures(whole),
      points: (steps.get(whole.consumer) ?? []).map((row) => ({ time: row.time, ...figures(row) })),
    }));
}
