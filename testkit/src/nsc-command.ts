/**
 * `nsc` for tests, where the real one is not at hand: the commands and flags that Hopline prints, with the
 * rules of the real one that they touch (nsc: cmd/addimport.go, editaccount.go, pubkeyparams.go). Whatever
 * else it is given it refuses. Environment: NSC_DIR, NSC_URL.
 */
import { parseArgs } from 'node:util';
import { encodeAccount, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createUser } from '@nats-io/nkeys';
import {
  keysOf,
  type NscAccount,
  type NscState,
  newAccount,
  readState,
  writeState,
} from './nsc-state.ts';

type Flags = Record<string, string | boolean | undefined>;

/** By command: the flags it knows, and what it does. It returns what it prints. */
const COMMANDS: Record<
  string,
  { flags: string[]; run: (state: NscState, flags: Flags) => unknown }
> = {
  'add account': {
    flags: ['name'],
    run: (state, flags) => {
      const name = text(flags, 'name');
      if (state.accounts[name]) throw new Error(`the account "${name}" already exists`);
      state.accounts[name] = newAccount();
    },
  },
  'edit account': {
    flags: ['name', 'trace-context-subject', 'trace-context-sampling'],
    run: (state, flags) => {
      const sampling = Number(text(flags, 'trace-context-sampling'));
      if (!(sampling >= 1 && sampling <= 100))
        throw new Error('tracing sampling rate must be between 1-100');
      accountOf(state, text(flags, 'name')).claims.trace = {
        dest: text(flags, 'trace-context-subject'),
        sampling,
      };
    },
  },
  'add export': {
    flags: ['account', 'subject'],
    run: (state, flags) => {
      const subject = text(flags, 'subject');
      const { claims } = accountOf(state, text(flags, 'account'));
      claims.exports?.push({ name: subject, subject, type: 'stream' });
    },
  },
  'add import': {
    flags: ['account', 'src-account', 'remote-subject', 'local-subject'],
    run: (state, flags) => {
      const subject = text(flags, 'remote-subject');
      const account = text(flags, 'src-account');
      if (!/^A[A-Z2-7]{55}$/.test(account))
        throw new Error(`${account} is not a valid "account" public key`);
      const to = flags['local-subject'];
      if (typeof to === 'string' && /[*>]/.test(to)) {
        throw new Error('stream prefix subject cannot have wildcards');
      }
      const prefix = typeof to === 'string' ? { to } : {};
      accountOf(state, text(flags, 'account')).claims.imports?.push({
        name: subject,
        subject,
        account,
        type: 'stream',
        ...prefix,
      });
    },
  },
  'add user': {
    flags: ['account', 'name', 'deny-pub', 'allow-sub'],
    run: async (state, flags) => {
      const [account, name] = [text(flags, 'account'), text(flags, 'name')];
      const list = (flag: string) =>
        flags[flag] === undefined ? [] : text(flags, flag).split(',');
      const user = createUser();
      const jwt = await encodeUser(name, user, keysOf(accountOf(state, account).seed), {
        pub: { allow: [], deny: list('deny-pub') },
        sub: { allow: list('allow-sub'), deny: [] },
      });
      state.users[`${account}/${name}`] = new TextDecoder().decode(fmtCreds(jwt, user));
    },
  },
  'describe account': {
    flags: ['name', 'field'],
    run: (state, flags) => {
      if (flags.field !== 'sub') throw new Error(`no field ${String(flags.field)}`);
      return JSON.stringify(accountOf(state, text(flags, 'name')).key);
    },
  },
  'generate creds': {
    flags: ['account', 'name'],
    run: (state, flags) => {
      const name = `${text(flags, 'account')}/${text(flags, 'name')}`;
      const creds = state.users[name];
      if (creds === undefined) throw new Error(`no user ${name}`);
      return creds;
    },
  },
  'push ': { flags: ['all'], run: push },
};

/** Each account's claims to the server's resolver, as a user of the system account. */
async function push(state: NscState): Promise<void> {
  // The other commands start faster without it.
  const { connect, credsAuthenticator } = await import('@nats-io/transport-node');
  const authenticator = credsAuthenticator(new TextEncoder().encode(state.systemCreds));
  const connection = await connect({ servers: process.env.NSC_URL ?? '', authenticator });
  const signer = keysOf(state.operatorSeed);
  for (const [name, { key, claims }] of Object.entries(state.accounts)) {
    const jwt = await encodeAccount(name, key, claims, { signer });
    const answer = await connection.request('$SYS.REQ.CLAIMS.UPDATE', jwt, { timeout: 10_000 });
    const { data, error } = answer.json<{ data?: { code: number }; error?: unknown }>();
    if (data?.code !== 200) throw new Error(`push of ${name}: ${JSON.stringify(error ?? data)}`);
  }
  await connection.close();
}

function accountOf(state: NscState, name: string): NscAccount {
  const account = state.accounts[name];
  if (account === undefined) throw new Error(`account "${name}" not found`);
  return account;
}

function text(flags: Flags, name: string): string {
  const value = flags[name];
  if (typeof value !== 'string' || value === '') throw new Error(`--${name} is required`);
  return value;
}

async function main([verb = '', ...rest]: string[], dir: string): Promise<void> {
  const noun = rest[0]?.startsWith('-') ? '' : (rest.shift() ?? '');
  const command = COMMANDS[`${verb} ${noun}`];
  if (command === undefined) throw new Error(`unknown command "${verb} ${noun}" for "nsc"`);
  const options = Object.fromEntries(
    command.flags.map((name) => [name, { type: name === 'all' ? 'boolean' : 'string' } as const]),
  );
  const { values } = parseArgs({ args: rest, options, strict: true, allowPositionals: false });
  const state = await readState(dir);
  const printed = await command.run(state, values);
  await writeState(dir, state);
  if (typeof printed === 'string') process.stdout.write(`${printed}\n`);
}

try {
  await main(process.argv.slice(2), process.env.NSC_DIR ?? '');
} catch (error) {
  process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
