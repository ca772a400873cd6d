import type { AccountLimits } from '@hopline/model/api';
import { textAt, textsAt } from '../endpoints/fields.ts';
import { accountLimits } from '../endpoints/server-parts.ts';
import type { ServerQuestions } from '../transport/server-client.ts';

/** Limits are those of a JWT or of a file: they seldom change. */
const MAX_AGE_MS = 60_000;
/** `/accountz` has one account an answer, and a server may have thousands: so many in one sweep. */
const PER_SWEEP = 32;

interface Known {
  limits: AccountLimits;
  askedMs: number;
}

/** What `/accountz` of one server says that `/accstatz` does not, a few accounts a sweep, the oldest first. */
export class AccountBook {
  readonly #known = new Map<string, Known>();
  #serverId = '';

  /** By name; accounts that were not asked yet are not there. Rejects when one is not answered. */
  async ask(
    client: ServerQuestions,
    nowMs = Date.now(),
  ): Promise<ReadonlyMap<string, AccountLimits>> {
    const list = await client.get('accountz');
    const names = textsAt(list, 'accounts');
    this.#forget(textAt(list, 'server_id'), new Set(names));
    const ageMs = (name: string): number => nowMs - (this.#known.get(name)?.askedMs ?? 0);
    const due = names
      .filter((name) => ageMs(name) > MAX_AGE_MS)
      .toSorted((one, other) => ageMs(other) - ageMs(one));
    for (const acc of due.slice(0, PER_SWEEP)) {
      const limits = accountLimits(await client.get('accountz', { acc }));
      this.#known.set(acc, { limits, askedMs: nowMs });
    }
    return new Map([...this.#known].map(([name, { limits }]) => [name, limits]));
  }

  /** A server that started again may have other accounts of the same names. */
  #forget(serverId: string, names: ReadonlySet<string>): void {
    if (serverId !== this.#serverId) this.#known.clear();
    this.#serverId = serverId;
    for (const name of this.#known.keys()) {
      if (!names.has(name)) this.#known.delete(name);
    }
  }
}
