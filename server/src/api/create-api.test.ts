import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { unixNs } from '@hopline/model';
import { errorResponse } from '@hopline/model/api';
import { tempDir } from '@hopline/testkit';
import {
  type Database,
  QueryFailed,
  QueryTimeout,
  QueryTooLarge,
  StoreUnavailable,
} from '../store/store.ts';
import { type ApiOptions, createApi } from './create-api.ts';

/** An engine in the state that a test wants: each question fails with `error`. */
function failing(error: Error): Database {
  return {
    query: () => Promise.reject(error),
    migrate: () => Promise.reject(error),
    insert: () => Promise.reject(error),
    state: 'down',
    engine: 'none',
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const told: unknown[] = [];
function options(database: Database, more: Partial<ApiOptions> = {}): ApiOptions {
  return {
    database,
    status: () => {
      throw new Error('secret detail');
    },
    probes: {
      health: () => ({ status: 200, body: { ok: true } }),
      ready: () => ({ status: 503, body: { ready: false } }),
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    },
    feed: () => () => {},
    queryTimeoutMs: 1_000,
    retentionDays: 7,
    maxLiveClients: 1,
    allowedHosts: [],
    version: '0.0.0-test',
    now: () => unixNs(1_767_225_600_000_000_000n),
    onError: (error) => told.push(error),
    ...more,
  };
}
const DOWN = new StoreUnavailable('cannot run statement: the engine is restarting');

const KINDS: [Error, number, string][] = [
  [DOWN, 503, 'store_unavailable'],
  [new QueryTimeout('cannot answer: it took too long', 5), 504, 'query_timeout'],
  [new QueryTooLarge('cannot answer: too many rows'), 413, 'query_too_large'],
  [new QueryFailed('cannot answer: refused'), 500, 'query_failed'],
  [new TypeError('x is undefined'), 500, 'internal'],
];
for (const [error, status, code] of KINDS) {
  test(`${error.name} is answered with ${status} ${code}`, async () => {
    await using app = await createApi(options(failing(error)));
    const response = await app.inject('/api/v1/topology');
    assert.equal(response.statusCode, status);
    const body = errorResponse.parse(response.json());
    assert.equal(body.code, code);
    // An error that is not ours may hold anything: its text stays here.
    assert.equal(body.message === error.message, code !== 'internal');
    assert.equal(response.headers['retry-after'], status === 503 ? '2' : undefined);
    assert.equal(told.pop(), status >= 500 ? error : undefined);
  });
}

const BAD: [string, RegExp][] = [
  ['/api/v1/messages?limit=0', /limit is "0"/],
  ['/api/v1/messages?limit=1001', /limit is "1001"/],
  ['/api/v1/messages?outcome=lost', /outcome is "lost"/],
  ['/api/v1/messages?from=yesterday', /from is "yesterday"/],
  ['/api/v1/messages?cursor=nonsense', /cursor.*nonsense/],
  [`/api/v1/messages?cursor=9999999999999999999-${'a'.repeat(16)}`, /cursor/],
  ['/api/v1/messages?colour=red', /colour is not a parameter/],
  [`/api/v1/messages?text=${'x'.repeat(201)}`, /text is/],
  [`/api/v1/messages?text=${'x'.repeat(9_000)}`, /^.{50,300}$/],
  [`/api/v1/traces/${'a'.repeat(5_000)}`, /^cannot read request: traceId is "a.{50,300}$/],
  ['/api/v1/messages/%ZZ', /%ZZ/],
  ['/api/v1/messages?service=a&service=b', /service is \["a","b"\]/],
  ['/api/v1/messages/abc', /messageId is "abc"/],
  ['/api/v1/traces/00', /traceId is "00"/],
  ['/api/v1/topology?to=-5', /to is "-5"/],
  ['/api/v1/topology?from=2&to=1', /from is "2": .*to/],
  ['/api/v1/topology?from=99999999999999999999', /from is "99999999999999999999"/],
];
for (const [path, words] of BAD) {
  test(`400 for ${path.slice(0, 60)}`, async () => {
    await using app = await createApi(options(failing(DOWN)));
    const response = await app.inject(path);
    assert.equal(response.statusCode, 400, response.body);
    const body = errorResponse.parse(response.json());
    assert.equal(body.code, 'bad_request');
    assert.match(body.message, words);
  });
}

test('probes and metrics come from the parts, also while the store is down', async () => {
  await using app = await createApi(options(failing(DOWN)));
  assert.deepEqual((await app.inject('/healthz')).json(), { ok: true });
  assert.equal((await app.inject('/readyz')).statusCode, 503);
  const metrics = await app.inject('/metrics');
  assert.equal(metrics.body, 'up 1\n');
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4');
  assert.equal((await app.inject('/api/openapi.json')).json().info.version, '0.0.0-test');
});

test('an unexpected error tells the client nothing of itself', async () => {
  await using app = await createApi(options(failing(DOWN)));
  const response = await app.inject('/api/v1/status');
  assert.equal(response.statusCode, 500);
  assert.doesNotMatch(response.body, /secret/);
  assert.match(String(told.pop()), /secret/);
});

test('without a built UI the page says how to build it', async () => {
  await using app = await createApi(options(failing(DOWN)));
  const page = await app.inject('/messages/whatever');
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /npm run build/);
  assert.equal((await app.inject('/api/v2/nothing')).statusCode, 404);
  assert.equal((await app.inject({ method: 'POST', url: '/messages' })).statusCode, 404);
});

test('the built UI: files, its page for its own paths, nothing outside its folder', async () => {
  await using folder = await tempDir('web');
  const webDir = join(folder.path, 'dist');
  await mkdir(join(webDir, 'assets'), { recursive: true });
  await writeFile(join(webDir, 'index.html'), '<html>the page</html>');
  await writeFile(join(webDir, 'assets', 'app-1a2b.js'), 'let x;');
  await writeFile(join(folder.path, 'secret.txt'), 'secret');
  await using app = await createApi(options(failing(DOWN), { webDir }));
  for (const path of ['/', '/messages', '/traces/abc?tab=logs']) {
    const page = await app.inject(path);
    assert.equal(page.body, '<html>the page</html>', path);
    assert.match(String(page.headers['content-security-policy']), /default-src 'self'/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.equal(page.headers['cache-control'], 'no-cache');
  }
  const script = await app.inject('/assets/app-1a2b.js');
  assert.match(String(script.headers['content-type']), /javascript/);
  assert.match(String(script.headers['cache-control']), /immutable/);
  assert.equal((await app.inject('/assets/gone.js')).statusCode, 404);
  for (const path of ['/../secret.txt', '/..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt']) {
    assert.doesNotMatch((await app.inject(path)).body, /^secret$/, path);
  }
  for (const path of ['/../secret.txt', '/assets/%00', `/${'a'.repeat(5_000)}.js`]) {
    const answer = await app.inject(path);
    assert.equal(answer.statusCode, 404, path.slice(0, 60));
    assert.equal(errorResponse.parse(answer.json()).code, 'not_found', path.slice(0, 60));
  }
});

test('a foreign name in the Host header is refused: DNS rebinding', async () => {
  const f = async (host: string, allowedHosts: string[] | null, expected: number) => {
    const app = await createApi(options(failing(DOWN), { allowedHosts }));
    const { statusCode } = await app.inject({ url: '/healthz', headers: { host } });
    assert.equal(statusCode, expected, host);
    await app.close();
  };
  await f('evil.example', [], 403);
  await f('evil.example:7070', [], 403);
  await f('localhost:7070', [], 200);
  await f('127.0.0.1:7070', [], 200);
  await f('[::1]:7070', [], 200);
  await f('hopline.example', ['hopline.example'], 200);
  await f('evil.example', null, 200);
});
