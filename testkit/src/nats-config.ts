/** Trace events of every account that asks for none of its own: what Hopline's server listens to. */
export const TRACE_DEST = 'hopline.trace';
/** Credentials of the system account of every server that is started here. */
export const SYSTEM_USER = { user: 'sys', password: 'sys' } as const;
/** The account and user that a client without credentials belongs to. */
export const APP_ACCOUNT = 'APP';
const APP_USER: NatsUser = { user: 'app', password: 'app' };

export interface NatsUser {
  user: string;
  password: string;
  /** Config text of a permissions block: `{ publish: ">", subscribe: ["a.>"] }`. */
  permissions?: string;
}

/** What a test may ask of a server; a cluster passes it on to all its servers. */
export interface NatsConfigOptions {
  /** Default true. Off where a leaf uses the cluster's. */
  jetstream?: boolean | { domain?: string };
  /** `msg_trace` of the APP account. Default: dest `hopline.trace`, sampling 100 (percent). */
  msgTrace?: { dest: string; sampling?: number } | false;
  /** Replaces the APP account: config text of accounts, SYS excluded (it is always there). */
  accounts?: string;
  /** Config text of what the APP account exports. */
  appExports?: string;
  /** Config text of accounts beside APP. */
  moreAccounts?: string;
  /** User of `accounts` that a client without credentials becomes. Default: none. */
  noAuthUser?: string;
  /** Users of the APP account; then a client without credentials is refused. */
  users?: readonly NatsUser[];
  /** One token for everybody: no accounts, hence no msg_trace and no system user. */
  token?: string;
  /** Accounts and users are JWTs (operator-mode.ts): none of the above then exists. */
  operatorConfig?: string;
  /** Config text at the top level. */
  extraConfig?: string;
}

/** Where one server stands: everything that is decided by the one who starts it. */
export interface NatsPlace {
  name: string;
  port: number;
  monitorPort: number;
  storeDir: string;
  cluster?: { name: string; port: number; routePorts: readonly number[] };
  /** Gateway to other clusters, of the name of the own cluster. */
  gateway?: {
    port: number;
    remotes: readonly { name: string; ports: readonly number[] }[];
  };
  /** Accept leaf nodes. */
  leafPort?: number;
  /** Be a leaf node of these. */
  leafOf?: readonly number[];
}

/** The text of a nats-server configuration file. */
export function natsConfig(place: NatsPlace, options: NatsConfigOptions = {}): string {
  return [
    `server_name: ${place.name}`,
    `listen: "127.0.0.1:${place.port}"`,
    `http: "127.0.0.1:${place.monitorPort}"`,
    ...jetstreamBlock(place, options),
    ...clusterBlock(place),
    ...gatewayBlock(place),
    ...leafBlock(place, options),
    ...authBlock(options),
    options.extraConfig ?? '',
    '',
  ].join('\n');
}

function jetstreamBlock(place: NatsPlace, { jetstream = true }: NatsConfigOptions): string[] {
  if (jetstream === false) return [];
  const domain = typeof jetstream === 'object' ? jetstream.domain : undefined;
  return [
    'jetstream {',
    `  store_dir: ${JSON.stringify(place.storeDir)}`,
    '  max_memory_store: 256MB',
    '  max_file_store: 2GB',
    ...(domain === undefined ? [] : [`  domain: ${domain}`]),
    '}',
  ];
}

function clusterBlock({ cluster }: NatsPlace): string[] {
  if (cluster === undefined) return [];
  const routes = cluster.routePorts.map((port) => `"nats-route://127.0.0.1:${port}"`);
  return [
    'cluster {',
    `  name: ${cluster.name}`,
    `  listen: "127.0.0.1:${cluster.port}"`,
    `  routes: [${routes.join(', ')}]`,
    '}',
  ];
}

function gatewayBlock({ cluster, gateway }: NatsPlace): string[] {
  if (cluster === undefined || gateway === undefined) return [];
  const remotes = gateway.remotes.map(({ name, ports }) => {
    const urls = ports.map((port) => `"nats://127.0.0.1:${port}"`);
    return `{ name: ${name}, urls: [${urls.join(', ')}] }`;
  });
  return [
    'gateway {',
    `  name: ${cluster.name}`,
    `  listen: "127.0.0.1:${gateway.port}"`,
    `  gateways: [${remotes.join(', ')}]`,
    '}',
  ];
}

function leafBlock(place: NatsPlace, options: NatsConfigOptions): string[] {
  if (place.leafPort !== undefined) {
    return [`leafnodes { listen: "127.0.0.1:${place.leafPort}" }`];
  }
  if (place.leafOf === undefined) return [];
  const { user, password } = options.users?.[0] ?? APP_USER;
  const urls = place.leafOf.map((port) => `"nats-leaf://${user}:${password}@127.0.0.1:${port}"`);
  return [
    'leafnodes {',
    '  reconnect: 1s',
    `  remotes: [{ urls: [${urls.join(', ')}], account: ${APP_ACCOUNT} }]`,
    '}',
  ];
}

function authBlock(options: NatsConfigOptions): string[] {
  if (options.operatorConfig !== undefined) return [options.operatorConfig];
  if (options.token !== undefined) return [`authorization { token: "${options.token}" }`];
  const open = options.accounts === undefined && options.users === undefined;
  const noAuthUser = open ? APP_USER.user : options.noAuthUser;
  return [
    'accounts {',
    options.accounts ?? appAccount(options),
    options.moreAccounts ?? '',
    `  SYS { users: [${userText(SYSTEM_USER)}] }`,
    '}',
    'system_account: SYS',
    ...(noAuthUser === undefined ? [] : [`no_auth_user: ${noAuthUser}`]),
  ];
}

function appAccount(options: NatsConfigOptions): string {
  const { users = [APP_USER], msgTrace, jetstream = true, appExports } = options;
  const trace = msgTrace ?? { dest: TRACE_DEST };
  return [
    `  ${APP_ACCOUNT} {`,
    ...(jetstream === false ? [] : ['    jetstream: enabled']),
    ...(trace === false
      ? []
      : [`    msg_trace: { dest: "${trace.dest}", sampling: ${trace.sampling ?? 100} }`]),
    `    users: [${users.map(userText).join(', ')}]`,
    ...(appExports === undefined ? [] : [`    exports: [${appExports}]`]),
    '  }',
  ].join('\n');
}

function userText({ user, password, permissions }: NatsUser): string {
  const allowed = permissions === undefined ? '' : `, permissions: ${permissions}`;
  return `{ user: ${user}, password: "${password}"${allowed} }`;
}
