import { linkedTraces, linkingTraces } from '../store/store.ts';
import { type ApiContext, wholeRange } from './api-context.ts';

/** Steps from trace to trace, each way: a chain of services is shorter, a loop is cut. */
const MAX_STEPS = 16;

/**
 * The trace, the traces that led to it, and all that any of these led to. Never back from a trace that was
 * reached forward: a batch's other messages are another story. At most `limit`, nearest first.
 */
export async function tracesAround(
  context: ApiContext,
  traceId: string,
  limit: number,
): Promise<{ traceIds: string[]; truncated: boolean }> {
  const bounds = wholeRange(context);
  const found = new Set([traceId]);
  let truncated = false;
  for (const step of [linkedTraces, linkingTraces]) {
    let edge = [...found];
    for (let steps = 0; edge.length > 0; steps++) {
      // As many as are known already may be among them; one more tells that there are more.
      const ask = { ...bounds, traceIds: edge, limit: limit + found.size + 1 };
      const fresh = (await step(context.database, ask)).filter((id) => !found.has(id));
      edge = steps < MAX_STEPS ? fresh.slice(0, limit - found.size) : [];
      truncated ||= edge.length < fresh.length;
      for (const id of edge) found.add(id);
    }
  }
  return { traceIds: [...found], truncated };
}
