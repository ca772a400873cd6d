import type { DiagLogger, Span } from '@opentelemetry/api';
import type { JetStreamMetadata } from '../kernel/js-metadata.ts';
import type { NatsMessage } from '../kernel/nats-internals.ts';
import type {
  HookHeaders,
  NatsInstrumentationConfig,
  ProcessRelation,
  PublishHookInfo,
  ResponseHookInfo,
} from '../nats-instrumentation-config.ts';
import { CapturedHeaders } from './captured-headers.ts';

const DEFAULT_PARENT_MAX_AGE_MS = 3_600_000;

/** What the user decides: one immutable object per configuration, read by the surfaces as they go. */
export class Policy {
  readonly createSpans: boolean;
  /** Core messages carry the time of their publishing; where they arrive it is measured. */
  readonly marksPublishTime: boolean;
  /** False: nobody wants to see what is sent, and nothing has to be prepared for it. */
  readonly watchesSends: boolean;
  readonly watchesDeliveries: boolean;
  readonly watchesResponses: boolean;
  readonly #relation: ProcessRelation;
  readonly #parentMaxAgeMs: number;
  readonly #headers: CapturedHeaders;
  readonly #config: NatsInstrumentationConfig;
  readonly #diag: DiagLogger;

  constructor(config: NatsInstrumentationConfig, diag: DiagLogger) {
    this.#config = config;
    this.#diag = diag;
    this.#relation = config.processRelation ?? 'parent';
    this.#parentMaxAgeMs = config.parentMaxAgeMs ?? DEFAULT_PARENT_MAX_AGE_MS;
    this.#headers = new CapturedHeaders(config.captureHeaders ?? [], config.denyHeaders ?? []);
    this.createSpans = config.createSpans !== false;
    this.marksPublishTime = config.publishTimeHeader === true;
    this.watchesSends = config.publishHook !== undefined || !this.#headers.none;
    this.watchesDeliveries = config.consumeHook !== undefined || !this.#headers.none;
    this.watchesResponses = config.responseHook !== undefined;
  }

  /** How the handling of a message refers to its creation context. */
  relationTo(metadata: JetStreamMetadata | undefined): ProcessRelation {
    if (metadata === undefined || this.#relation === 'link') return this.#relation;
    const storedMs = Number(metadata.storeTimeNs.slice(0, -6));
    return Date.now() - storedMs >= this.#parentMaxAgeMs ? 'link' : this.#relation;
  }

  onSend(span: Span, send: Omit<PublishHookInfo, 'headers'> & { headers: unknown }): void {
    const headers = send.headers as NatsMessage['headers'];
    this.#run('headers', () => this.#headers.capture(span, headers));
    const { publishHook } = this.#config;
    if (!publishHook) return;
    this.#run('publishHook', () =>
      publishHook(span, { ...send, headers: headers as unknown as HookHeaders | undefined }),
    );
  }

  onDelivery(span: Span, message: NatsMessage): void {
    this.#run('headers', () => this.#headers.capture(span, message.headers));
    const { consumeHook } = this.#config;
    if (!consumeHook) return;
    this.#run('consumeHook', () =>
      consumeHook(span, {
        subject: message.subject,
        payload: message.data,
        headers: message.headers as unknown as HookHeaders | undefined,
      }),
    );
  }

  onResponse(span: Span, info: ResponseHookInfo): void {
    const { responseHook } = this.#config;
    if (responseHook) this.#run('responseHook', () => responseHook(span, info));
  }

  /** A user's hook can neither throw into a user's call nor leave a rejection that nobody handles. */
  #run(name: string, work: () => unknown): void {
    const failed = (error: unknown): void => this.#diag.error(`the ${name} failed`, error);
    try {
      const result = work();
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
