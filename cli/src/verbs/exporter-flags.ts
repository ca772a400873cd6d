import type { Endpoint, ExporterOptions, JszDetail } from '@hopline/monitor/exporter';
import { CliError } from '../errors.ts';

/** The flags of `hopline exporter` as commander gives them: prometheus-nats-exporter's, and our own. */
export interface ExporterFlags {
  varz?: boolean;
  connz?: boolean;
  connz_detailed?: boolean;
  healthz?: boolean;
  healthz_js_enabled_only?: boolean;
  healthz_js_server_only?: boolean;
  gatewayz?: boolean;
  accstatz?: boolean;
  accountz?: boolean;
  leafz?: boolean;
  routez?: boolean;
  subz?: boolean;
  jsz?: string;
  jsz_stream_meta_keys?: string;
  jsz_consumer_meta_keys?: string;
  prefix?: string;
  use_internal_server_id?: boolean;
  use_internal_server_name?: boolean;
  addr?: string;
  port?: number;
  path?: string;
  tlscert?: string;
  tlskey?: string;
  tlscacert?: string;
  http_user?: string;
  http_pass?: string;
  bearerTokenFile?: string;
  natsCa?: string;
  natsCert?: string;
  natsKey?: string;
  native?: boolean;
  surveyor?: boolean;
  nats?: string[];
  jetstream?: string;
  observe?: string;
  creds?: string;
  nkey?: string;
  user?: string;
  password?: string;
  token?: string;
  interval?: number;
  maxSeries?: number;
  probe?: boolean;
  timeout?: number;
  ri?: string;
  log?: string;
  syslog?: boolean;
  remote_syslog?: string;
  debugLog?: boolean;
  traceLog?: boolean;
}

const SWITCHES = {
  varz: 'varz',
  connz: 'connz',
  connz_detailed: 'connz_detailed',
  healthz: 'healthz',
  healthz_js_enabled_only: 'healthz_js_enabled_only',
  healthz_js_server_only: 'healthz_js_server_only',
  gatewayz: 'gatewayz',
  accstatz: 'accstatz',
  accountz: 'accountz',
  leafz: 'leafz',
  routez: 'routez',
  subz: 'subsz',
} as const satisfies Partial<Record<keyof ExporterFlags, Endpoint>>;

const JSZ: Readonly<Record<string, JszDetail>> = {
  account: 'accounts',
  accounts: 'accounts',
  stream: 'streams',
  streams: 'streams',
  consumer: 'consumers',
  consumers: 'consumers',
  all: 'consumers',
};

/** Throws CliError for a value of `-jsz` that means nothing. Nothing asked for is `/varz`. */
export function toExporterOptions(
  servers: readonly string[],
  flags: ExporterFlags,
): ExporterOptions {
  const endpoints = new Set<Endpoint>();
  for (const [flag, endpoint] of Object.entries(SWITCHES)) {
    if (flags[flag as keyof typeof SWITCHES]) endpoints.add(endpoint);
  }
  const jszDetail = flags.jsz === undefined ? undefined : jszDetailOf(flags.jsz);
  // Where `jsz` alone is asked for, dashboards count on `varz` too.
  if (endpoints.size === 0) endpoints.add('varz');
  if (jszDetail) endpoints.add('jsz');
  return {
    servers,
    endpoints,
    jszDetail,
    streamMetaKeys: keysOf(flags.jsz_stream_meta_keys),
    consumerMetaKeys: keysOf(flags.jsz_consumer_meta_keys),
    prefix: flags.prefix,
    serverIdFrom: flags.use_internal_server_id
      ? 'server_id'
      : flags.use_internal_server_name
        ? 'server_name'
        : 'url',
    host: flags.addr,
    port: flags.port,
    path: flags.path,
    tlsCa: flags.natsCa,
    tlsCert: flags.natsCert,
    tlsKey: flags.natsKey,
    native: nativeOf(flags),
    intervalMs: flags.interval,
    probe: flags.probe,
    access: {
      tlsCert: flags.tlscert,
      tlsKey: flags.tlskey,
      tlsClientCa: flags.tlscacert,
      user: flags.http_user,
      password: flags.http_pass,
    },
    ...(flags.timeout === undefined ? {} : { limits: { timeoutMs: flags.timeout } }),
  };
}

/** They say who we are to NATS. */
const IDENTITY = ['creds', 'nkey', 'user', 'password', 'token'] as const;
/** Accounts and services that have metrics of nats-surveyor's. */
const FOLDERS = ['jetstream', 'observe'] as const;

function nativeOf(flags: ExporterFlags): ExporterOptions['native'] {
  const without = [...IDENTITY, ...FOLDERS].find(
    (flag) => flags[flag] !== undefined && !flags.nats,
  );
  if (without) throw new CliError('EXPORTER_FLAGS', `cannot use --${without} without --nats`);
  const folder = FOLDERS.find((flag) => flags[flag] !== undefined);
  if (folder && !flags.surveyor) {
    throw new CliError('EXPORTER_FLAGS', `cannot use --${folder} without --surveyor`);
  }
  if (!flags.native && !flags.surveyor) {
    if (flags.maxSeries !== undefined) {
      throw new CliError('EXPORTER_FLAGS', 'cannot keep to --max-series without --native');
    }
    if (!flags.nats) return undefined;
    throw new CliError(
      'EXPORTER_FLAGS',
      'cannot use --nats alone: with --native or --surveyor servers are asked over NATS',
    );
  }
  if (flags.nats && flags.probe) {
    throw new CliError('EXPORTER_FLAGS', 'cannot use --nats with --probe: it finds all servers');
  }
  return {
    ...(flags.nats ? { system: systemOf(flags.nats, flags) } : {}),
    ...(folder ? { folders: { jetstream: flags.jetstream, observe: flags.observe } } : {}),
    intervalMs: flags.interval,
    maxSeries: flags.maxSeries,
    names: flags.surveyor ? 'surveyor' : 'hopline',
  };
}

const systemOf = (servers: string[], flags: ExporterFlags) => ({
  servers,
  creds: flags.creds,
  nkeySeed: flags.nkey,
  user: flags.user,
  password: flags.password,
  token: flags.token,
  tlsCa: flags.natsCa,
  tlsCert: flags.natsCert,
  tlsKey: flags.natsKey,
});

function jszDetailOf(text: string): JszDetail {
  const detail = JSZ[text.toLowerCase()];
  if (detail) return detail;
  throw new CliError(
    'EXPORTER_FLAGS',
    `cannot read -jsz=${text}: accounts, streams, consumers or all`,
  );
}

const keysOf = (text: string | undefined): string[] =>
  (text ?? '').split(',').filter((key) => key !== '');

/** Flags of the program they come from that mean something else, or nothing, here. */
const RENAMED: Readonly<Record<string, string>> = { '-V': '--trace-log', '-DV': '--trace-log' };

/**
 * The command line of `hopline exporter` as commander reads it. Manifests write flags as Go does: one dash
 * or two, `-varz=true`. Any other command line stays as it is.
 */
export function goFlags(args: readonly string[]): string[] {
  const verb = args.findIndex((arg) => !arg.startsWith('-'));
  if (args[verb] !== 'exporter') return [...args];
  if (args.some((arg, index) => index > verb && /^--?version$/.test(arg))) return ['--version'];
  return args.flatMap((arg, index) => {
    if (index <= verb) return [arg];
    if (RENAMED[arg]) return [RENAMED[arg]];
    const [, short, shortValue] = /^-([a-zA-Z])=(.*)$/s.exec(arg) ?? [];
    if (short !== undefined) return [`-${short}`, shortValue ?? ''];
    const flag = /^--?([a-zA-Z_][\w-]+)(=.*)?$/s.exec(arg);
    if (!flag) return [arg];
    const [, name = '', value = ''] = flag;
    if (/^=(?:true|t|1)$/i.test(value)) return [`--${name}`];
    if (/^=(?:false|f|0)$/i.test(value)) return [];
    return [`--${name}${value}`];
  });
}
