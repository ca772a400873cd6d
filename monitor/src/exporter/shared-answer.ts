import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { type Fields, textAt } from '../endpoints/fields.ts';
import { reasonOf } from '../transport/server-client.ts';
import type { Asked, Question } from './endpoint-questions.ts';
import type { Endpoint } from './exporter-settings.ts';

/** What one question came to. */
export interface Outcome {
  endpoint: Endpoint;
  blocks: MetricBlock[];
  /** Null when all is well, else why not in one word; `pending` as long as the server keeps silent. */
  error: string | null;
  /** When the server was asked, of `performance.now()`. */
  startedMs: number;
  /** Until the answer, or until now. */
  durationMs: number;
}

/** One question asked once, for all who share the answer. */
export interface Answer {
  readonly startedMs: number;
  /** When the scrape was due that it was asked for. */
  readonly forMs: number;
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Null as long as the server keeps silent. */
  readonly ended: Outcome | null;
  /** Which run of which server gave it; null as long as that is not known. */
  readonly runId: string | null;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Of the times that a question took. */
const TIMES_KEPT = 3;

/** A question that is put to one server again and again, and the last answer. */
export class SharedAnswer {
  readonly question: Question;
  #last: Answer | undefined;
  #tookMs: readonly number[] = [];

  constructor(question: Question) {
    this.question = question;
  }

  get last(): Answer | undefined {
    return this.#last;
  }

  /** Of the last few answers that were some; 0 before the first. */
  get longestMs(): number {
    return Math.max(0, ...this.#tookMs);
  }

  /** Asks the server, whatever was before. `serverId` is called once it is known. */
  ask(asked: Asked, { forMs, serverId }: { forMs: number; serverId(): Promise<string> }): Answer {
    const startedMs = performance.now();
    const { endpoint } = this.question;
    const outcome = this.#outcome(asked, serverId).then((came) => ({
      ...came,
      endpoint,
      startedMs,
      durationMs: performance.now() - startedMs,
    }));
    const answer: Writable<Answer> = { startedMs, forMs, outcome, ended: null, runId: null };
    void outcome.then((ended) => {
      answer.ended = ended;
      if (ended.error === null)
        this.#tookMs = [...this.#tookMs, ended.durationMs].slice(-TIMES_KEPT);
    });
    this.#last = answer;
    asked.varz().then(
      (varz) => {
        answer.runId = runIdOf(varz);
      },
      // Said by whoever needs it. An answer of nobody known is not kept.
      () => undefined,
    );
    return answer;
  }

  async #outcome(
    asked: Asked,
    serverId: () => Promise<string>,
  ): Promise<Pick<Outcome, 'blocks' | 'error'>> {
    try {
      const blocksFor = await this.question.ask(asked);
      return { blocks: blocksFor(await serverId()), error: null };
    } catch (error) {
      return { blocks: this.question.unanswered?.(await serverId()) ?? [], error: reasonOf(error) };
    }
  }
}

/** Another after each start of a server. */
export const runIdOf = (varz: Fields): string =>
  `${textAt(varz, 'server_id')} ${textAt(varz, 'start')}`;
