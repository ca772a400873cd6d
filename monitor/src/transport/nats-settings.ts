import { readFile } from 'node:fs/promises';
import {
  type Authenticator,
  type ConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
} from '@nats-io/nats-core';
import { MonitorSettingsError } from '../errors.ts';

/** How to reach NATS and who we are, as the NATS clients take it. Paths are read at each attempt. */
export interface NatsSettings {
  /** `host:port`, `nats://[user[:password]@]host:port` or `tls://...`; tried in random order. */
  servers: string[];
  /** Path of a credentials file. */
  creds?: string | undefined;
  /** Path of an NKey seed file. */
  nkeySeed?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  /** Path of a CA certificate. */
  tlsCa?: string | undefined;
  /** Path of a client certificate. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
}

/** One address of the pool. */
export interface NatsServer {
  /** Without credentials, fit for logs: `nats://host:port`. */
  url: string;
  tls: boolean;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
}

/** Reads one server URL. As in the other NATS clients, a user name without a password is a token. */
export function parseNatsServer(text: string): NatsServer {
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  const scheme = url?.protocol.slice(0, -1);
  if (!url || url.hostname === '' || (scheme !== 'nats' && scheme !== 'tls')) {
    const shown = text.replace(/^(\w+:\/\/)?.*@/, '$1...@');
    throw new MonitorSettingsError(
      `cannot use NATS server ${JSON.stringify(shown)}: expected nats://host:port or tls://host:port`,
    );
  }
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  return {
    url: `${scheme}://${url.hostname}:${url.port === '' ? 4222 : url.port}`,
    tls: scheme === 'tls',
    ...(user === '' ? {} : password === '' ? { token: user } : { user, password }),
  };
}

/** The options of one connection attempt to one server; rejects when a file cannot be used. */
export async function connectionOptions(
  settings: NatsSettings,
  server: NatsServer,
): Promise<ConnectionOptions> {
  const { tlsCa, tlsCert, tlsKey } = settings;
  const authenticator = await fileAuthenticator(settings);
  const user = server.user ?? settings.user;
  const token = server.token ?? settings.token;
  const secure = server.tls || [tlsCa, tlsCert, tlsKey].some((path) => path !== undefined);
  return {
    servers: [server.url.replace(/^\w+:\/\//, '')],
    ...(authenticator ? { authenticator } : {}),
    ...(user === undefined ? {} : { user, pass: server.password ?? settings.password ?? '' }),
    ...(token === undefined ? {} : { token }),
    ...(secure
      ? {
          tls: {
            ...(tlsCa === undefined ? {} : { caFile: tlsCa }),
            ...(tlsCert === undefined ? {} : { certFile: tlsCert }),
            ...(tlsKey === undefined ? {} : { keyFile: tlsKey }),
          },
        }
      : {}),
  };
}

async function fileAuthenticator(settings: NatsSettings): Promise<Authenticator | null> {
  const { creds, nkeySeed } = settings;
  const path = creds ?? nkeySeed;
  if (path === undefined) return null;
  const what = creds === undefined ? 'NKey seed' : 'credentials';
  try {
    const text = (await readFile(path, 'utf8')).trim();
    const bytes = new TextEncoder().encode(creds === undefined ? text : `${text}\n`);
    const authenticator =
      creds === undefined ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes);
    // A file that is no key fails here, in words, instead of inside the client's handshake.
    authenticator('probe');
    return authenticator;
  } catch (cause) {
    throw new Error(`cannot use ${what} file ${path}`, { cause });
  }
}
