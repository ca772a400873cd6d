/** What `hopline nats-config` writes about. */
export interface ServerConfigOptions {
  /** Accounts to be traced. */
  accounts: readonly string[];
  /** Hopline's own user. */
  user: string;
  password: string;
  traceSubject: string;
  /** Percent of the sampled messages, 1 to 100. */
  sampling: number;
}

/** Advisories, and the acks of consumers with `sample_freq`. */
const EVENTS = ['$JS.EVENT.ADVISORY.>', '$JS.EVENT.METRIC.CONSUMER.ACK.>'];
const RELOAD = '# Put this into every server of the cluster, then: nats-server --signal reload';

/**
 * Configuration of nats-server that switches tracing on. With one account Hopline's user is in it; several
 * export to an account of Hopline's own, MONITOR. A block that a server has already must be merged: the
 * comments say which lines are new.
 */
export function serverConfig(options: ServerConfigOptions): string {
  const { accounts } = options;
  const blocks = accounts.length === 1 ? oneAccount(options) : severalAccounts(options);
  return [RELOAD, 'accounts {', ...blocks.map((line) => `  ${line}`), '}', ''].join('\n');
}

function oneAccount(options: ServerConfigOptions): string[] {
  return [
    `${options.accounts[0]} {`,
    '  # Keep what stands here; add these two.',
    `  ${msgTrace(options)}`,
    '  users: [',
    '    # ... your users, and one that may do nothing but listen:',
    '    {',
    `      ${userOf(options)}`,
    '      permissions: {',
    '        publish: { deny: ">" }',
    `        subscribe: { allow: [${[options.traceSubject, ...EVENTS].map(quoted).join(', ')}] }`,
    '      }',
    '    }',
    '  ]',
    '}',
  ];
}

function severalAccounts(options: ServerConfigOptions): string[] {
  const { accounts, traceSubject } = options;
  const subjects = [traceSubject, ...EVENTS];
  return [
    ...accounts.flatMap((name) => [
      `${name} {`,
      '  # Keep what stands here; add these two.',
      `  ${msgTrace(options)}`,
      `  exports: [${subjects.map((one) => `{ stream: ${quoted(one)} }`).join(', ')}]`,
      '}',
    ]),
    'MONITOR {',
    `  users: [{ ${userOf(options)} }]`,
    '  imports: [',
    ...accounts.flatMap((name) =>
      subjects.map((one) => `    { stream: { account: ${name}, subject: ${quoted(one)} } }`),
    ),
    '  ]',
    '}',
  ];
}

/**
 * The same for accounts in JWTs: commands of `nsc` for a shell.
 * Source: nsc's `cmd/editaccount.go`, `addimport.go`, `pubkeyparams.go`.
 */
export function jwtCommands(options: ServerConfigOptions): string {
  const { accounts, traceSubject, sampling, user } = options;
  const claim = (name: string): string[] => [
    `nsc edit account --name ${name} \\`,
    `  --trace-context-subject ${traceSubject} --trace-context-sampling ${sampling}`,
  ];
  const exported = (name: string): string[] =>
    [traceSubject, ...EVENTS].map((one) => `nsc add export --account ${name} --subject '${one}'`);
  // nsc wants the exporter's key here, not its name; without a local subject the subject stays as it is.
  const keyOf = (name: string): string =>
    `"$(nsc describe account --name ${name} --field sub | tr -d '"')"`;
  const imported = (name: string): string[] =>
    [traceSubject, ...EVENTS].flatMap((one) => [
      `nsc add import --account MONITOR --remote-subject '${one}' \\`,
      `  --src-account ${keyOf(name)}`,
    ]);
  const isOne = accounts.length === 1;
  const [only] = accounts;
  const listener = [
    `nsc add user --account ${isOne ? only : 'MONITOR'} --name ${user} --deny-pub '>' \\`,
    `  --allow-sub '${[traceSubject, ...EVENTS].join(',')}'`,
  ];
  return [
    ...accounts.flatMap((name) => [...claim(name), ...(isOne ? [] : exported(name))]),
    ...(isOne ? [] : ['nsc add account --name MONITOR', ...accounts.flatMap(imported)]),
    ...listener,
    'nsc push --all',
    `nsc generate creds --account ${isOne ? only : 'MONITOR'} --name ${user} > ${user}.creds`,
    '',
  ].join('\n');
}

const msgTrace = ({ traceSubject, sampling }: ServerConfigOptions): string =>
  `msg_trace: { dest: ${quoted(traceSubject)}, sampling: ${sampling} }`;

const userOf = ({ user, password }: ServerConfigOptions): string =>
  `user: ${quoted(user)}, password: ${quoted(password)}`;

const quoted = (text: string): string => JSON.stringify(text);
