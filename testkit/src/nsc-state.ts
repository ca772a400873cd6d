import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '@nats-io/jwt';
import { defaultNatsLimits } from '@nats-io/jwt';
import { createAccount, fromSeed, type KeyPair } from '@nats-io/nkeys';

/** Claims of an account as nsc's own: `trace` is younger than the library's types. */
export type AccountClaims = Partial<Account> & { trace?: { dest: string; sampling: number } };

export interface NscAccount {
  /** Public key. */
  key: string;
  seed: string;
  claims: AccountClaims;
}

/** All that our `nsc` knows, in `state.json` of its directory. */
export interface NscState {
  operatorSeed: string;
  /** Of a user of the system account, who may push. */
  systemCreds: string;
  accounts: Record<string, NscAccount>;
  /** Text of the `.creds` file by `ACCOUNT/user`. */
  users: Record<string, string>;
}

const pathOf = (dir: string): string => join(dir, 'state.json');

export const readState = async (dir: string): Promise<NscState> =>
  JSON.parse(await readFile(pathOf(dir), 'utf8')) as NscState;

export const writeState = (dir: string, state: NscState): Promise<void> =>
  writeFile(pathOf(dir), JSON.stringify(state));

/** As `nsc add account` makes one: without limits, JetStream aside. */
export function newAccount(): NscAccount {
  const account = createAccount();
  const claims = { imports: [], exports: [], limits: { ...defaultNatsLimits(), ...NO_LIMITS } };
  return { key: account.getPublicKey(), seed: seedOf(account), claims };
}

export const seedOf = (keys: KeyPair): string => new TextDecoder().decode(keys.getSeed());
export const keysOf = (seed: string): KeyPair => fromSeed(new TextEncoder().encode(seed));

/** -1 is "no limit" in account claims. */
const NO_LIMITS = { imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 } as const;
