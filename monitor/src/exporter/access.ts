import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import { MonitorSettingsError } from '../errors.ts';

/** Who may scrape. Nothing given: everybody, without TLS. */
export interface AccessSettings {
  /** Paths; certificate and key come together. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  /** Path of the CA that signs scrapers; given, a certificate of its own is demanded of each. */
  tlsClientCa?: string | undefined;
  /** Basic authorization; the password may be a bcrypt hash. */
  user?: string | undefined;
  password?: string | undefined;
  bearerToken?: string | undefined;
}

/** Undefined without TLS. Throws MonitorSettingsError for half a pair and for files that are not there. */
export async function tlsOptions(access: AccessSettings): Promise<ServerOptions | undefined> {
  const { tlsCert, tlsKey, tlsClientCa } = access;
  if (!tlsCert && !tlsKey && !tlsClientCa) return undefined;
  if (!tlsCert || !tlsKey) {
    throw new MonitorSettingsError('cannot serve TLS: give the certificate and its key');
  }
  return {
    cert: await fileOf(tlsCert),
    key: await fileOf(tlsKey),
    minVersion: 'TLSv1.2',
    ...(tlsClientCa
      ? { ca: await fileOf(tlsClientCa), requestCert: true, rejectUnauthorized: true }
      : {}),
  };
}

/** Throws MonitorSettingsError when it cannot be read. */
export async function fileOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new MonitorSettingsError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

export type Authorizer = (header: string | undefined) => Promise<boolean>;

/**
 * Says of the header `Authorization` whether it opens the door. Throws MonitorSettingsError for what somebody
 * takes for a lock and is none.
 */
export function authorizer(access: AccessSettings): Authorizer {
  const { user, password = '', bearerToken } = access;
  if (Boolean(user) !== Boolean(password)) {
    throw new MonitorSettingsError('cannot ask for authorization: give the user and the password');
  }
  if (bearerToken === '') {
    throw new MonitorSettingsError('cannot ask for authorization: the bearer token is empty');
  }
  const isHashed = /^\$2[aby]\$/.test(password);
  const opening: Buffer[] = [];
  if (bearerToken) opening.push(digest(`Bearer ${bearerToken}`));
  if (user && !isHashed) opening.push(digest(basic(user, password)));
  if (!user && opening.length === 0) return () => Promise.resolve(true);
  return async (header = '') => {
    const given = digest(header);
    if (opening.some((right) => timingSafeEqual(right, given))) return true;
    if (!user || !isHashed || !(await matchesHash(header, { user, hash: password }))) return false;
    // Hashes are slow on purpose; what was right once is not hashed at each scrape.
    opening.push(given);
    return true;
  };
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function matchesHash(
  header: string,
  { user, hash }: { user: string; hash: string },
): Promise<boolean> {
  const encoded = /^Basic (\S+)$/.exec(header)?.[1];
  if (encoded === undefined) return false;
  const given = Buffer.from(encoded, 'base64').toString('utf8');
  if (!given.startsWith(`${user}:`)) return false;
  const { compare } = await import('bcryptjs');
  return await compare(given.slice(user.length + 1), hash);
}

/** Equal lengths for a comparison that takes the same time whatever is given. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
