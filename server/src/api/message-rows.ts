import { type AssetRow, type UnixNs, unixNs } from '@hopline/model';
import { earliest } from '../insight/extremes.ts';
import { hopsByMessage } from '../insight/hops.ts';
import { type MessagePath, messagePath, storedAt } from '../insight/message-path.ts';
import { type SpanIndex, spanIndex } from '../insight/span-index.ts';
import {
  type AdvisoryHead,
  type Bounds,
  latestAssets,
  linkingSpans,
  messageAdvisories,
  type SpanHead,
  traceHeads,
  traceHops,
} from '../store/store.ts';
import { type ApiContext, rangeSince } from './api-context.ts';

/** Bounds of one page's second step; past them a path may miss its last attempts. */
const MAX_SPANS = 50_000;
const MAX_HOPS = 20_000;
const MAX_ADVISORIES = 10_000;
const MAX_ASSETS = 10_000;
/** An asset that no sweep reported for so long is gone. */
const ASSET_AGE_NS = 300_000_000_000n;

/** The paths of some messages and what they were concluded from. */
export interface LoadedMessages {
  index: SpanIndex;
  /** In the order of the publish spans. */
  paths: MessagePath[];
  advisories: AdvisoryHead[];
  bounds: Bounds;
}

/** Loads all that is known of the given messages: two steps, whatever their number. */
export async function loadMessages(
  context: ApiContext,
  publishes: readonly SpanHead[],
): Promise<LoadedMessages> {
  const { database } = context;
  const starts = publishes.map((span) => unixNs(span.start));
  const bounds = rangeSince(context, earliest(starts) ?? context.now());
  if (publishes.length === 0) {
    return { index: spanIndex([]), paths: [], advisories: [], bounds };
  }
  const traceIds = unique(publishes.map((span) => span.trace_id));
  const [linking, own, hops, assets] = await Promise.all([
    linkingSpans(database, { ...bounds, traceIds, limit: MAX_SPANS }),
    traceHeads(database, { ...bounds, traceIds, limit: MAX_SPANS }),
    traceHops(database, { ...bounds, traceIds, limit: MAX_HOPS }),
    currentAssets(context),
  ]);
  const known = new Set(traceIds);
  const linkedIds = unique(linking.map((span) => span.trace_id)).filter((id) => !known.has(id));
  const linked = await traceHeads(database, { ...bounds, traceIds: linkedIds, limit: MAX_SPANS });
  const index = spanIndex([...publishes, ...own, ...linking, ...linked]);
  const positions = publishes.flatMap((publish) =>
    storedAt(
      publish,
      index.handlersOf(publish).map((handler) => ({ handler })),
    ).map(({ stream, sequence }) => ({ stream, streamSequence: sequence })),
  );
  const advisories = await messageAdvisories(database, {
    ...bounds,
    positions,
    limit: MAX_ADVISORIES,
  });
  const facts = { index, hops: hopsByMessage(hops), advisories, assets, now: context.now() };
  return { index, paths: publishes.map((span) => messagePath(span, facts)), advisories, bounds };
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
