import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { HostNotAllowed } from './errors.ts';

/**
 * Refuses requests for other names than ours. A page of a foreign site can make its own name point at
 * 127.0.0.1 (DNS rebinding) and would then read what we store; the name stays in its Host header.
 * Addresses and `localhost` are always ours. Null: every name, for a server that others shall reach.
 */
export function allowHosts(app: FastifyInstance, names: readonly string[] | null): void {
  if (names === null) return;
  app.addHook('onRequest', (request, _reply, done) => {
    const name = request.hostname.replace(/^\[|\]$/g, '').toLowerCase();
    const isOurs =
      isIP(name) !== 0 ||
      name === 'localhost' ||
      name.endsWith('.localhost') ||
      names.includes(name);
    if (isOurs) done();
    else
      done(
        new HostNotAllowed(
          `cannot answer for host ${name.slice(0, 100)}: it is not ours; see http.allowedHosts`,
        ),
      );
  });
}
