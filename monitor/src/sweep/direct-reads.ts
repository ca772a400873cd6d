import { parseRfc3339 } from '@hopline/model';
import type { Msg } from '@nats-io/nats-core';
import { type Fields, fieldsAt, numberAt, parseFields, textAt } from '../endpoints/fields.ts';
import type { MessageQuestion, MessageTimes } from './lag-book.ts';

/** Asks a question of NATS that changes nothing; rejects when it is refused or not answered. */
export type Ask = (subject: string, body: object | null) => Promise<Msg>;

/** After a refusal the subject is left alone so long; permissions are rarely given while we look. */
const REFUSED_MS = 60_000;
/** Filters of one consumer that are looked for; of more, the lag is interpolated. */
const MAX_FILTERS = 8;

/**
 * Reads messages by sequence, as far as the connection's account and permissions reach: its own account's
 * streams only. Nothing is acked and no consumer is made.
 */
export class DirectReads implements MessageTimes {
  readonly #ask: Ask;
  readonly #refusedUntil = new Map<string, number>();
  #account: string | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The connection may be another user's now. */
  forget(): void {
    this.#account = null;
    this.#refusedUntil.clear();
  }

  async find(question: MessageQuestion): Promise<{ seq: number; timeMs: number } | null> {
    const { filterSubjects } = question;
    if (filterSubjects.length > MAX_FILTERS) return null;
    if ((await this.#ownAccount()) !== question.account) return null;
    const subjects = filterSubjects.length === 0 ? ['>'] : filterSubjects;
    const found = await Promise.all(subjects.map((subject) => this.#next(question, subject)));
    // One that could not be read may be the earliest.
    if (found.some((one) => one === 'unknown')) return null;
    return found
      .filter((one) => one !== 'unknown' && one !== null)
      .reduce<{ seq: number; timeMs: number } | null>(
        (first, one) => (first === null || one.seq < first.seq ? one : first),
        null,
      );
  }

  async #next(
    { domain, stream, allowDirect, afterSeq, firstSeq }: MessageQuestion,
    subject: string,
  ): Promise<{ seq: number; timeMs: number } | null | 'unknown'> {
    const api = domain === '' ? '$JS.API' : `$JS.${domain}.API`;
    const address = `${api}.${allowDirect ? 'DIRECT.GET' : 'STREAM.MSG.GET'}.${stream}`;
    const body = { seq: Math.max(afterSeq + 1, firstSeq), next_by_subj: subject };
    const answer = await this.#asked(address, body);
    if (answer === null) return 'unknown';
    return allowDirect ? directAnswer(answer) : storedAnswer(answer);
  }

  async #ownAccount(): Promise<string | null> {
    if (this.#account !== null) return this.#account;
    const answer = await this.#asked('$SYS.REQ.USER.INFO', null);
    const data = answer && parseFields(answer.string());
    if (data) this.#account = textAt(fieldsAt(data, 'data'), 'account');
    return this.#account;
  }

  async #asked(subject: string, body: object | null): Promise<Msg | null> {
    if ((this.#refusedUntil.get(subject) ?? 0) > performance.now()) return null;
    try {
      return await this.#ask(subject, body);
    } catch {
      this.#refusedUntil.set(subject, performance.now() + REFUSED_MS);
      return null;
    }
  }
}

function directAnswer({ headers }: Msg): { seq: number; timeMs: number } | null | 'unknown' {
  if (headers?.code === 404) return null;
  const seq = Number(headers?.get('Nats-Sequence'));
  return stored(seq, headers?.get('Nats-Time-Stamp') ?? '');
}

function storedAnswer(answer: Msg): { seq: number; timeMs: number } | null | 'unknown' {
  const fields: Fields = parseFields(answer.string()) ?? {};
  if (numberAt(fieldsAt(fields, 'error'), 'code') === 404) return null;
  const message = fieldsAt(fields, 'message');
  return stored(numberAt(message, 'seq'), textAt(message, 'time'));
}

function stored(seq: number, time: string): { seq: number; timeMs: number } | 'unknown' {
  const ns = parseRfc3339(time);
  if (ns === null || !(seq > 0)) return 'unknown';
  return { seq, timeMs: Number(ns / 1000n) / 1000 };
}
