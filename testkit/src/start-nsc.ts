import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encodeAccount, encodeOperator, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createOperator, createUser } from '@nats-io/nkeys';
import { keysOf, newAccount, seedOf, writeState } from './nsc-state.ts';
import { tempDir } from './temp-dir.ts';

/** An operator whose accounts are edited by commands of `nsc` and pushed to a running server. */
export interface Nsc extends AsyncDisposable {
  /** For `startNats`: a full resolver, to which accounts are pushed. */
  readonly operatorConfig: string;
  /** Working directory of `run`: where its output is redirected to. */
  readonly dir: string;
  /**
   * Runs a script of sh in which `nsc` is ours (nsc-command.ts). `url` is where `nsc push` goes. Rejects
   * with what the first command that fails says.
   */
  run(script: string, url: string): Promise<void>;
}

const SCRIPT_TIMEOUT_MS = 120_000;

/** An operator with a system account and accounts of these names, none of them pushed yet. */
export async function startNsc(names: readonly string[]): Promise<Nsc> {
  const directory = await tempDir('nsc');
  const { path: dir } = directory;
  const operator = createOperator();
  const system = newAccount();
  const user = createUser();
  const userJwt = await encodeUser('sys', user, keysOf(system.seed));
  await writeState(dir, {
    operatorSeed: seedOf(operator),
    systemCreds: new TextDecoder().decode(fmtCreds(userJwt, user)),
    accounts: Object.fromEntries(names.map((name) => [name, newAccount()])),
    users: {},
  });
  const bin = join(dir, 'bin');
  await mkdir(bin);
  const command = fileURLToPath(new URL('./nsc-command.ts', import.meta.url));
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`;
  await writeFile(join(bin, 'nsc'), shim, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NSC_DIR: dir };
  const signed = { signer: operator };
  return {
    dir,
    operatorConfig: [
      `operator: ${await encodeOperator('O', operator, { system_account: system.key })}`,
      `resolver: { type: full, dir: ${JSON.stringify(join(dir, 'accounts'))} }`,
      'resolver_preload: {',
      `  ${system.key}: ${await encodeAccount('SYS', system.key, system.claims, signed)}`,
      '}',
    ].join('\n'),
    run: async (script, url) => {
      const options = { cwd: dir, env: { ...env, NSC_URL: url }, timeout: SCRIPT_TIMEOUT_MS };
      await promisify(execFile)('sh', ['-e', '-c', script], options);
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
