import type { Span } from '@opentelemetry/api';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';

/** How the span of a received message refers to the span that sent it. */
export type ProcessRelation = 'parent' | 'link' | 'parent-and-link';

/** Headers as a hook sees them; not for change. */
export interface HookHeaders {
  keys(): string[];
  values(key: string): string[];
}

/** One message on its way out. `headers` and `payload` are the caller's own objects. */
export interface PublishHookInfo {
  /** `publish`, `request`, `respond`, `create`. */
  readonly operation: string;
  readonly subject: string;
  readonly payload: Uint8Array | string | undefined;
  readonly headers: HookHeaders | undefined;
}

/** One message that is about to be handled. */
export interface ConsumeHookInfo {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers: HookHeaders | undefined;
}

/** What came back for a request or a JetStream publish. */
export interface ResponseHookInfo {
  readonly operation: string;
  readonly subject: string;
  /** The reply message, or the PubAck. */
  readonly response: unknown;
}

export interface NatsInstrumentationConfig extends InstrumentationConfig {
  /** Default `parent`: a message and its handling are one trace. */
  processRelation?: ProcessRelation;
  /**
   * A JetStream message that was stored longer ago is linked and never a parent: a replay must not grow
   * yesterday's trace. Default 3600000; 0 links every stored message.
   */
  parentMaxAgeMs?: number;
  /** `false`: no span for each message of a batch, only the one that sends it. Default `true`. */
  createSpans?: boolean;
  /**
   * Patterns that say how subjects are named on spans and metrics: `tenants.*.orders.>`. The first that
   * matches counts, before subscriptions and streams. Default none.
   */
  subjectTemplates?: string[];
  /**
   * `true`: core messages carry the time of their publishing as `Hopline-Publish-Time`, Unix ns, so that a
   * receiver knows how long they were under way also where nobody keeps the sender's span. Default `false`.
   */
  publishTimeHeader?: boolean;
  /** Headers to put on spans as `messaging.header.<name>`, with `*` as a wildcard. Default none. */
  captureHeaders?: string[];
  /** Never put on spans, whatever is allowed; names of credentials are always among them. */
  denyHeaders?: string[];
  /** Called with the span of each message that is sent. What a hook throws goes to the diagnostics log. */
  publishHook?: (span: Span, info: PublishHookInfo) => void;
  /** Called with the process span before the handler; also with the span of `consumer.next()`. */
  consumeHook?: (span: Span, info: ConsumeHookInfo) => void;
  /** Called with the span of a request or a JetStream publish when its answer is in. */
  responseHook?: (span: Span, info: ResponseHookInfo) => void;
}
