import { setTimeout as sleep } from 'node:timers/promises';
import type { HopSpan } from '../insight/hop-spans.ts';
import { traceRequest } from './otlp-json.ts';

export interface SenderOptions {
  /** Base URL of an OTLP/HTTP receiver; `/v1/traces` is added unless it ends so. */
  endpoint: string;
  headers: Record<string, string>;
  timeoutMs: number;
  firstWaitMs: number;
  lastWaitMs: number;
}

/** What became of a batch, in spans; `refused`: never to be sent again (OTLP 1.11, Failures). */
export interface Sent {
  taken: number;
  refused: number;
  /** '' when all were taken. */
  reason: string;
}

/** Statuses that OTLP 1.11 calls retryable. */
const RETRYABLE = new Set([429, 502, 503, 504]);
const MAX_REASON_CHARS = 200;
const MS_PER_SECOND = 1_000;

/**
 * Sends one batch until the receiver takes or refuses it: exponential backoff with full jitter, no sooner
 * than it asks for. `onRetry` is told why. Rejects only when `signal` aborts.
 */
export async function sendSpans(
  spans: readonly HopSpan[],
  options: SenderOptions,
  { signal, onRetry }: { signal: AbortSignal; onRetry: (error: unknown) => void },
): Promise<Sent> {
  const { firstWaitMs, lastWaitMs } = options;
  const body = traceRequest(spans);
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, lastWaitMs)) {
    signal.throwIfAborted();
    let leastMs = 0;
    try {
      const answer = await post(body, options, signal);
      if (answer.ok) return await partly(answer, spans.length);
      const text = (await answer.text()).slice(0, MAX_REASON_CHARS);
      const reason = `${answer.status} ${text}`;
      if (!RETRYABLE.has(answer.status)) return { taken: 0, refused: spans.length, reason };
      leastMs = Number(answer.headers.get('retry-after') ?? 0) * MS_PER_SECOND || 0;
      onRetry(new Error(reason));
    } catch (error) {
      signal.throwIfAborted();
      onRetry(error);
    }
    const longestMs = Math.min(Math.max(leastMs, Math.random() * waitMs), lastWaitMs);
    await sleep(longestMs, null, { signal });
  }
}

function post(body: string, options: SenderOptions, signal: AbortSignal): Promise<Response> {
  const base = options.endpoint.replace(/\/+$/, '');
  return fetch(base.endsWith('/v1/traces') ? base : `${base}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...options.headers },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  });
}

/** Partial success: the receiver left some out, and wants them no more. */
async function partly(answer: Response, count: number): Promise<Sent> {
  const body = (await answer.json().catch(() => ({}))) as {
    partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string };
  };
  const rejected = Number(body.partialSuccess?.rejectedSpans ?? 0) || 0;
  const refused = Math.min(rejected, count);
  return { taken: count - refused, refused, reason: body.partialSuccess?.errorMessage ?? '' };
}
