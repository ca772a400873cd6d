import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an `Authorization` header carries the password: as Bearer token, or Basic with any user
 * (RFC 6750, RFC 7617). False where no password is set.
 */
export function isAuthorized(header: string | undefined, password: string | undefined): boolean {
  if (header === undefined || password === undefined) return false;
  const [, scheme = '', given = ''] = /^(bearer|basic) +(\S+)$/i.exec(header.trim()) ?? [];
  return isSame(scheme.toLowerCase() === 'basic' ? basicPassword(given) : given, password);
}

/** All after the first colon: a user has none. */
function basicPassword(encoded: string): string {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? '' : pair.slice(colon + 1);
}

/** Takes as long for a near miss as for any other; the digests are of one length. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
