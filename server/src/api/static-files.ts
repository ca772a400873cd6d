import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NotFound } from './errors.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Hopline</title>
<h1>Hopline runs, but its web UI is not built</h1>
<p>Build it with <code>npm run build -w web</code> and start Hopline again.
The API answers at <a href="/api/openapi.json">/api/openapi.json</a>.</p></html>
`;

/** A person opens it: the names of subjects, which pages have in their address, may end like a file's. */
const isOpened = ({ url, headers }: FastifyRequest): boolean =>
  !url.startsWith('/assets/') && (headers.accept ?? '').includes('text/html');

/** Files under /assets carry a hash of their content in their name. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serves the built web UI: its files, and its page for every other path that a browser opens, as the
 * page's own router knows them. Paths of the API stay errors.
 */
export async function registerStaticFiles(
  app: FastifyInstance,
  webDir: string | undefined,
): Promise<void> {
  const isBuilt = webDir !== undefined && existsSync(join(webDir, 'index.html'));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webDir,
      index: ['index.html'],
      setHeaders(reply, path) {
        const isHashed = path.startsWith(join(webDir, 'assets'));
        void reply.header('cache-control', isHashed ? FOREVER : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') &&
      !path.startsWith('/api/') &&
      (!/\.\w+$/.test(path) || isOpened(request));
    if (!isPage) throw new NotFound(`cannot find ${request.method} ${path}: no such resource`);
    if (isBuilt) return await reply.sendFile('index.html');
    return await reply.code(200).type('text/html; charset=utf-8').send(NOT_BUILT);
  });
}
