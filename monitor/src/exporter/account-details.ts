import { type Fields, listAt, numberAt, textAt, textsAt } from '../endpoints/fields.ts';
import type { ServerClient } from '../transport/server-client.ts';

/** What an account's JWT says may have changed after this, though nobody came or went. */
const MAX_AGE_MS = 60_000;
/** Details asked again in one sweep for their age alone, the oldest first. */
const MAX_AGED = 32;

interface Detail {
  answer: Fields;
  /** Counts of `/accstatz` at that time. */
  counts: string;
  askedMs: number;
}

/**
 * The details of all accounts of one server. `/accountz` has them one by one, and a server may have
 * thousands: so an account is asked again when its counts in `/accstatz`, one answer for all, have changed.
 */
export class AccountDetails {
  readonly #details = new Map<string, Detail>();
  readonly #concurrency: number;
  #serverId = '';

  /** `concurrency`: questions to the server at once. */
  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Rejects when an account that must be asked is not answered. */
  async ask(client: ServerClient, nowMs = Date.now()): Promise<Fields[]> {
    const [list, statz] = await Promise.all([
      client.get('accountz'),
      client.get('accstatz', { unused: '1' }).catch(() => ({})),
    ]);
    const names = textsAt(list, 'accounts');
    this.#forget(textAt(list, 'server_id'), new Set(names));
    const counts = countsOf(statz);
    const next = this.#wanted(names, { counts, nowMs }).values();
    const askNext = async (): Promise<void> => {
      for (const acc of next) {
        const answer = await client.get('accountz', { acc });
        this.#details.set(acc, { answer, counts: counts.get(acc) ?? '', askedMs: nowMs });
      }
    };
    await Promise.all(Array.from({ length: this.#concurrency }, askNext));
    return names.flatMap((name): Fields[] => {
      const detail = this.#details.get(name);
      return detail ? [detail.answer] : [];
    });
  }

  #wanted(
    names: readonly string[],
    { counts, nowMs }: { counts: ReadonlyMap<string, string>; nowMs: number },
  ): string[] {
    const isChanged = (name: string): boolean => {
      const now = counts.get(name);
      return now === undefined || this.#details.get(name)?.counts !== now;
    };
    const ageOf = (name: string): number => nowMs - (this.#details.get(name)?.askedMs ?? 0);
    const aged = names
      .filter((name) => !isChanged(name) && ageOf(name) > MAX_AGE_MS)
      .toSorted((one, other) => ageOf(other) - ageOf(one))
      .slice(0, MAX_AGED);
    return [...names.filter(isChanged), ...aged];
  }

  /** A server that started again may have other accounts of the same names. */
  #forget(serverId: string, names: ReadonlySet<string>): void {
    if (serverId !== this.#serverId) this.#details.clear();
    this.#serverId = serverId;
    for (const name of this.#details.keys()) {
      if (!names.has(name)) this.#details.delete(name);
    }
  }
}

const countsOf = (accstatz: Fields): Map<string, string> =>
  new Map(
    listAt(accstatz, 'account_statz').map((account) => [
      textAt(account, 'acc'),
      ['conns', 'leafnodes', 'num_subscriptions'].map((key) => numberAt(account, key)).join(),
    ]),
  );
