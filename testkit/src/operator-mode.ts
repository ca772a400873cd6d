import {
  defaultNatsLimits,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
} from '@nats-io/jwt';
import { createAccount, createOperator, createUser } from '@nats-io/nkeys';
import { TRACE_DEST } from './nats-config.ts';

/** An operator with a system account and the account APP, made for one server. */
export interface OperatorMode {
  /** Server configuration text at the top level: replaces accounts and users. */
  readonly config: string;
  /** Text of a `.creds` file for a user of APP. */
  readonly appCreds: string;
  /** Text of a `.creds` file for a user of the system account. */
  readonly systemCreds: string;
}

/**
 * Keys and signed JWTs as `nsc` would make them; the server finds the accounts preloaded. APP may use
 * JetStream without limits and has `msg_trace` to the server-tracing subject, all messages sampled
 * unless told otherwise (account claim `trace`, nats-server 2.11 and newer). `limits` are of APP.
 */
export async function operatorMode(
  options: { msgTrace?: boolean; limits?: { conn?: number; subs?: number; payload?: number } } = {},
): Promise<OperatorMode> {
  const operator = createOperator();
  const system = createAccount();
  const app = createAccount();
  const trace = options.msgTrace === false ? {} : { trace: { dest: TRACE_DEST, sampling: 100 } };
  const claims = {
    limits: { ...OPEN, ...NO_LIMITS, ...options.limits },
    ...trace,
  };
  const [operatorJwt, systemJwt, appJwt] = await Promise.all([
    encodeOperator('O', operator, { system_account: system.getPublicKey() }),
    encodeAccount('SYS', system, { limits: OPEN }, { signer: operator }),
    encodeAccount('APP', app, claims, { signer: operator }),
  ]);
  const credsOf = async (name: string, account: typeof app): Promise<string> => {
    const user = createUser();
    return new TextDecoder().decode(fmtCreds(await encodeUser(name, user, account), user));
  };
  return {
    config: [
      `operator: ${operatorJwt}`,
      'resolver: MEMORY',
      'resolver_preload: {',
      `  ${system.getPublicKey()}: ${systemJwt}`,
      `  ${app.getPublicKey()}: ${appJwt}`,
      '}',
    ].join('\n'),
    appCreds: await credsOf('app', app),
    systemCreds: await credsOf('sys', system),
  };
}

/** -1 is "no limit" in account claims; without any of them an account takes no connection. */
const OPEN = {
  ...defaultNatsLimits(),
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};
const NO_LIMITS = {
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
} as const;
