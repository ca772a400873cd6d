import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { type Fields, textAt } from '../endpoints/fields.ts';
import { reasonOf, ServerClient } from '../server-client.ts';
import { type Asked, type Question, questionsOf } from './endpoint-questions.ts';
import {
  DEFAULT_LIMITS,
  type Endpoint,
  type ExporterSettings,
  parseServerAddress,
  type ServerAddress,
} from './exporter-settings.ts';

/** What one question came to. */
export interface Outcome {
  endpoint: Endpoint;
  blocks: MetricBlock[];
  /** Null when all is well, else why not in one word; `pending` as long as the server keeps silent. */
  error: string | null;
  /** Until the answer, or until now. */
  durationMs: number;
}

/** One server in one sweep: outcomes appear as the answers come. */
export interface ServerSweep {
  readonly serverId: string;
  /** Resolves when nothing is pending; never rejects. */
  readonly done: Promise<void>;
  outcomes(): Outcome[];
}

/** A server that is asked again and again. It keeps counts and times, never an answer. */
export class ScrapedServer {
  readonly #address: ServerAddress;
  readonly #settings: ExporterSettings;
  readonly #questions: readonly Question[];
  readonly #client: ServerClient;
  readonly #errors = new Map<string, ErrorCount>();
  #serverId: string;
  #lastSuccessMs: number | null = null;

  /** Throws MonitorSettingsError for an address that can never work. */
  constructor(address: string, settings: ExporterSettings, signal: AbortSignal) {
    this.#address = parseServerAddress(address);
    this.#serverId = this.#address.id;
    this.#settings = settings;
    this.#questions = questionsOf(settings);
    this.#client = new ServerClient({
      base: this.#address.base,
      tlsCa: settings.tlsCa,
      tlsCert: settings.tlsCert,
      tlsKey: settings.tlsKey,
      limits: { ...DEFAULT_LIMITS, ...settings.limits },
      signal,
    });
  }

  /** Unix ms of the last answer of any kind; null before the first. */
  get lastSuccessMs(): number | null {
    return this.#lastSuccessMs;
  }

  get errors(): Iterable<ErrorCount> {
    return this.#errors.values();
  }

  sweep(): ServerSweep {
    let varz: Promise<Fields> | undefined;
    const asked: Asked = {
      client: this.#client,
      varz: () => {
        varz ??= this.#client.get('varz');
        return varz;
      },
    };
    const started = performance.now();
    const outcomes = new Map<Endpoint, Outcome>();
    const identified = this.#identify(asked);
    const server = this;
    const done = Promise.all(
      this.#questions.map(async (question) => {
        const outcome = await this.#answer(question, { asked, identified });
        outcomes.set(question.endpoint, { ...outcome, durationMs: performance.now() - started });
      }),
    ).then(() => undefined);
    return {
      get serverId() {
        return server.#serverId;
      },
      done,
      outcomes: () =>
        this.#questions.map(
          ({ endpoint, unanswered }) =>
            outcomes.get(endpoint) ?? {
              endpoint,
              blocks: unanswered?.(this.#serverId) ?? [],
              error: 'pending',
              durationMs: performance.now() - started,
            },
        ),
    };
  }

  async #answer(
    { endpoint, ask, unanswered }: Question,
    { asked, identified }: { asked: Asked; identified: Promise<void> },
  ): Promise<Omit<Outcome, 'durationMs'>> {
    try {
      const blocksFor = await ask(asked);
      await identified;
      this.#lastSuccessMs = Date.now();
      return { endpoint, blocks: blocksFor(this.#serverId), error: null };
    } catch (error) {
      const reason = reasonOf(error);
      this.#count(endpoint, reason);
      return { endpoint, blocks: unanswered?.(this.#serverId) ?? [], error: reason };
    }
  }

  /** A server that gave no identity keeps the last one, which is its URL before the first answer. */
  async #identify(asked: Asked): Promise<void> {
    const { serverIdFrom = 'url' } = this.#settings;
    if (serverIdFrom === 'url') return;
    try {
      const varz = await asked.varz();
      this.#serverId = textAt(varz, serverIdFrom) || textAt(varz, 'server_id') || this.#serverId;
    } catch {
      // Said by each endpoint that fails with it; the others are labelled as before.
    }
  }

  #count(endpoint: Endpoint, reason: string): void {
    const key = `${endpoint} ${reason}`;
    const before = this.#errors.get(key)?.count ?? 0;
    this.#errors.set(key, { endpoint, reason, count: before + 1 });
  }
}

export interface ErrorCount {
  endpoint: Endpoint;
  reason: string;
  count: number;
}
