import {
  type Auth,
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { toError } from '../errors.ts';

export type Credentials =
  | { user: string; password: string }
  | { token: string }
  /** The content of a `.creds` file. */
  | { creds: Uint8Array }
  /** An nkey seed, `SU...`. */
  | { nkeySeed: Uint8Array };

/**
 * Asked before every dial, so that rotated credentials are used by the next one. Must not block for
 * long: reading a small file is fine, a network call is not (keep its result and return that).
 */
export type CredentialsSource = () => Credentials;

/** The source must work the first time. When it throws later the last credentials are used again. */
export function rotatingAuthenticator(
  source: CredentialsSource,
  report: (error: Error) => void,
): Authenticator {
  let last: Credentials | undefined;
  return (nonce) => {
    try {
      last = source();
    } catch (thrown) {
      if (last === undefined) throw thrown;
      report(toError(thrown));
    }
    return answer(last, nonce);
  };
}

function answer(credentials: Credentials, nonce: string | undefined): Auth {
  if ('user' in credentials) {
    return usernamePasswordAuthenticator(credentials.user, credentials.password)(nonce);
  }
  if ('token' in credentials) return tokenAuthenticator(credentials.token)(nonce);
  if ('creds' in credentials) return credsAuthenticator(credentials.creds)(nonce);
  return nkeyAuthenticator(credentials.nkeySeed)(nonce);
}
