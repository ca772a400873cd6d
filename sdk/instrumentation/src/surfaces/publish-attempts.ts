import { ATTR } from '@hopline/model';
import type { Span } from '@opentelemetry/api';
import type { Kernel } from '../kernel/kernel.ts';
import type { NatsHeaders } from '../kernel/nats-internals.ts';

const ATTEMPTS = Symbol('hopline.publish-attempts');

interface Attempts {
  span: Span;
  count: number;
}

type Counted = NatsHeaders & { [ATTEMPTS]?: Attempts };

/** From now on each request that sends these very headers, after the first, is an event of `span`. */
export function countAttempts(headers: NatsHeaders | undefined, span: Span): void {
  if (!headers || !span.isRecording()) return;
  const value: Attempts = { span, count: 0 };
  Object.defineProperty(headers, ATTEMPTS, { value });
}

/** The client sends a request with these headers. */
export function noteAttempt(kernel: Kernel, headers: NatsHeaders | undefined): void {
  const attempts = (headers as Counted | undefined)?.[ATTEMPTS];
  if (!attempts) return;
  attempts.count += 1;
  if (attempts.count === 1) return;
  const attributes = { [ATTR.publishAttempt]: attempts.count };
  attempts.span.addEvent('retry', attributes, kernel.clock.nowMs());
}
