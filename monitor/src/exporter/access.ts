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
  /** Basic authorization. */
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

async function fileOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new MonitorSettingsError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/** Says of the header `Authorization` whether it opens the door. */
export function authorizer(access: AccessSettings): (header: string | undefined) => boolean {
  const { user, password = '', bearerToken } = access;
  if (/^\$2[abxy]\$/.test(password)) {
    throw new MonitorSettingsError('cannot use a bcrypt password: give it in plain text');
  }
  const opening: Buffer[] = [];
  if (user) {
    opening.push(digest(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`));
  }
  if (bearerToken) opening.push(digest(`Bearer ${bearerToken}`));
  if (opening.length === 0) return () => true;
  return (header) => {
    const given = digest(header ?? '');
    return opening.some((right) => timingSafeEqual(right, given));
  };
}

/** Equal lengths for a comparison that takes the same time whatever is given. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
