import { type AssetRow, type UnixNs, unixNs } from '@hopline/model';
import { clockWindowsOf } from '../insight/clock-windows.ts';
import type { ClockWindows } from '../insight/clocks.ts';
import { earliest } from '../insight/extremes.ts';
import { hopsByMessage } from '../insight/hops.ts';
import { clockOf } from '../insight/journey.ts';
import { type MessagePath, messagePath, storedAt } from '../insight/message-path.ts';
import { type SpanIndex, spanIndex } from '../insight/span-index.ts';
import {
  type AdvisoryHead,
  type Bounds,
  clockWindows,
  consumerProgress,
  latestAssets,
  messageAdvisories,
  type SpanHead,
  type StreamPosition,
  spansAround,
  traceHops,
} from '../store/store.ts';
import { type ApiContext, rangeSince } from './api-context.ts';

/** Bounds of what is read about one page; past them a path may miss its last attempts. */
const MAX_SPANS = 100_000;
const MAX_HOPS = 20_000;
const MAX_ADVISORIES = 10_000;
const MAX_ASSETS = 10_000;
const MAX_PROGRESS = 50_000;
const MAX_CLOCK_WINDOWS = 200_000;
/** An asset that no sweep reported for so long is gone. */
const ASSET_AGE_NS = 300_000_000_000n;

/** All rows about some traces that paths are concluded from. */
export interface TraceRows {
  index: SpanIndex;
  hops: ReturnType<typeof hopsByMessage>;
  assets: AssetRow[];
  bounds: Bounds;
}

/**
 * Loads what is known of the messages of some traces: one step, whatever their number. `start` is when
 * the first of them was published.
 */
export async function loadTraces(
  context: ApiContext,
  traceIds: readonly string[],
  start: bigint,
): Promise<TraceRows> {
  const { database } = context;
  const bounds = rangeSince(context, start);
  const [spans, hops, assets] = await Promise.all([
    spansAround(database, { ...bounds, traceIds, limit: MAX_SPANS }),
    traceHops(database, { ...bounds, traceIds, limit: MAX_HOPS }),
    currentAssets(context),
  ]);
  const index = spanIndex(spans);
  return { index, hops: hopsByMessage(hops), assets, bounds };
}

/** The paths of messages of loaded traces, in the order given, and the advisories about them. */
export async function concludePaths(
  context: ApiContext,
  publishes: readonly SpanHead[],
  rows: TraceRows,
): Promise<{ paths: MessagePath[]; advisories: AdvisoryHead[] }> {
  const positions = publishes.flatMap((publish) =>
    storedAt(publish, rows.index.handlersOf(publish)).map(({ stream, sequence }) => ({
      stream,
      streamSequence: sequence,
    })),
  );
  const { database } = context;
  const [advisories, progress, windows] = await Promise.all([
    messageAdvisories(database, { ...rows.bounds, positions, limit: MAX_ADVISORIES }),
    consumerProgress(database, {
      ...rows.bounds,
      positions: positions.filter((at) => hasLeft(at, rows.assets)),
      limit: MAX_PROGRESS,
    }),
    windowsOf(context, publishes, rows),
  ]);
  const { unconsumedAfterNs } = context;
  const now = context.now();
  const facts = { ...rows, advisories, progress, windows, unconsumedAfterNs, now };
  return { paths: publishes.map((span) => messagePath(span, facts)), advisories };
}

/** Clocks of the processes that published or handled the messages. */
async function windowsOf(
  context: ApiContext,
  publishes: readonly SpanHead[],
  { index, bounds }: TraceRows,
): Promise<ClockWindows> {
  const spans = publishes.flatMap((publish) => [publish, ...index.handlersOf(publish)]);
  const clocks = unique(spans.filter(({ instance }) => instance !== '').map(clockOf));
  const limit = MAX_CLOCK_WINDOWS;
  return clockWindowsOf(await clockWindows(context.database, { ...bounds, clocks, limit }));
}

/** Only of such messages does it matter when the stream let them go. */
const hasLeft = (at: StreamPosition, assets: readonly AssetRow[]): boolean =>
  assets.some(
    ({ kind, stream, first_seq }) =>
      kind === 'stream' && stream === at.stream && BigInt(first_seq) > BigInt(at.streamSequence),
  );

/** The paths of the given messages, in their order. */
export async function loadMessages(
  context: ApiContext,
  publishes: readonly SpanHead[],
): Promise<MessagePath[]> {
  const start = earliest(publishes.map((span) => unixNs(span.start)));
  if (start === undefined) return [];
  const traceIds = unique(publishes.map((span) => span.trace_id));
  const { paths } = await concludePaths(
    context,
    publishes,
    await loadTraces(context, traceIds, start),
  );
  return paths;
}

/** Streams and consumers as last reported. */
export async function currentAssets(context: ApiContext): Promise<AssetRow[]> {
  const now = context.now();
  return await latestAssets(context.database, {
    from: (now - ASSET_AGE_NS) as UnixNs,
    to: (now + ASSET_AGE_NS) as UnixNs,
    timeoutMs: context.queryTimeoutMs,
    limit: MAX_ASSETS,
  });
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
