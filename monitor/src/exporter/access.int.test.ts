import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { recordSent } from '../only-reads.fixture.ts';
import type { AccessSettings } from './access.ts';
import { type Exporter, type ExporterOptions, startExporter } from './exporter.ts';

const sent = recordSent();
after(() => {
  sent.stop();
  sent.assertOnlyReads();
});

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../transport/tls.fixture/${name}`, import.meta.url));
/** Of "secret", four rounds. */
const HASH = '$2a$04$nJEFf18qiV7uyZui0f/Rv.uDkRzPey0Z3GfzXMFC6PEkk3O3dRd4u';
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

suite('who may scrape', { timeout: 30_000 }, () => {
  test('basic authorization, and a bearer token beside it', async () => {
    await using exporter = await open({ user: 'me', password: 'secret', bearerToken: 'token' });
    assert.equal(await statusOf(exporter, undefined), 401);
    assert.equal(await statusOf(exporter, basic('me:wrong')), 401);
    assert.equal(await statusOf(exporter, 'Bearer wrong'), 401);
    assert.equal(await statusOf(exporter, basic('me:secret')), 200);
    assert.equal(await statusOf(exporter, 'Bearer token'), 200);
  });

  test('a bcrypt hash as the password', async () => {
    await using exporter = await open({ user: 'me', password: HASH });
    for (const [pair, status] of [
      ['me:wrong', 401],
      ['you:secret', 401],
      [`me:${HASH}`, 401],
      ['me:secret', 200],
      ['me:secret', 200],
    ] as const) {
      assert.equal(await statusOf(exporter, basic(pair)), status, pair);
    }
  });

  test('TLS: a certificate is demanded of each scraper', async () => {
    await using exporter = await open({
      tlsCert: fixture('server.pem'),
      tlsKey: fixture('server-key.pem'),
      tlsClientCa: fixture('ca.pem'),
    });
    await assert.rejects(overTls(exporter, {}), /certificate required|socket hang up|ECONNRESET/);
    const cert = readFileSync(fixture('client.pem'));
    const key = readFileSync(fixture('client-key.pem'));
    assert.match(await overTls(exporter, { cert, key }), /^hopline_exporter_server_up/m);
  });

  test('half a pair of TLS files is refused', async () => {
    await assert.rejects(
      openAndClose({ tlsCert: fixture('server.pem') }),
      /certificate and its key/,
    );
    await assert.rejects(
      openAndClose({ tlsCert: fixture('none.pem'), tlsKey: fixture('server-key.pem') }),
      /cannot read .*none\.pem/,
    );
  });

  test('what is no lock is refused: half a pair, an empty token', async () => {
    await assert.rejects(openAndClose({ user: 'me' }), /give the user and the password/);
    await assert.rejects(openAndClose({ password: 'secret' }), /give the user and the password/);
    await assert.rejects(openAndClose({ bearerToken: '' }), /bearer token is empty/);
  });

  test('files for https monitoring URLs that are not there are told at the start', async () => {
    const pem = fixture('client.pem');
    await assert.rejects(
      openAndClose({}, { tlsCa: fixture('none.pem') }),
      /cannot read .*none\.pem/,
    );
    await assert.rejects(openAndClose({}, { tlsCert: pem }), /certificate and its key/);
    const pair = { tlsCert: pem, tlsKey: fixture('none.pem') };
    await assert.rejects(openAndClose({}, pair), /cannot read .*none\.pem/);
  });

  test('whether it lives is told to anybody, and nothing else', async () => {
    await using exporter = await open({ bearerToken: 'token' });
    const alive = await fetch(new URL('/healthz', exporter.url));
    assert.deepEqual([alive.status, await alive.text()], [200, 'ok\n']);
    assert.equal(await statusOf(exporter, undefined), 401);
    await using own = await open({}, { path: '/healthz' });
    assert.match(await (await fetch(own.url)).text(), /^# HELP /);
  });

  test('an address that cannot be had: what to do instead', async () => {
    await using exporter = await open({});
    const port = Number(new URL(exporter.url).port);
    const taken = `cannot listen on 127.0.0.1:${port}: the port is taken by another process; choose another with --port`;
    await assert.rejects(openAndClose({}, { port }), { message: taken });
    await assert.rejects(openAndClose({}, { host: '203.0.113.1' }), /no such address.* --addr/);
    await assert.rejects(openAndClose({}, { host: 'no.such.host.invalid' }), /--addr/);
  });

  test('other paths, other methods; packed when asked for', async () => {
    await using exporter = await open({});
    assert.equal((await fetch(new URL('/', exporter.url))).status, 404);
    assert.equal((await fetch(exporter.url, { method: 'POST' })).status, 405);
    const plain = await raw(exporter.url, 'identity');
    assert.match(plain.toString(), /^# HELP /);
    assert.match(gunzipSync(await raw(exporter.url, 'gzip')).toString(), /^# HELP /);
  });
});

/** Where a refusal is due: an exporter that opens all the same would keep the test from ending. */
async function openAndClose(...settings: Parameters<typeof open>): Promise<void> {
  await using _exporter = await open(...settings);
}

async function open(
  access: AccessSettings,
  more: Partial<ExporterOptions> = {},
): Promise<Exporter> {
  return await startExporter({
    host: '127.0.0.1',
    port: 0,
    ...more,
    servers: ['http://127.0.0.1:1'],
    endpoints: new Set(['varz']),
    access,
  });
}

async function statusOf(exporter: Exporter, authorization: string | undefined): Promise<number> {
  const response = await fetch(exporter.url, {
    headers: authorization === undefined ? {} : { authorization },
  });
  await response.body?.cancel();
  return response.status;
}

async function overTls(
  exporter: Exporter,
  identity: { cert?: Buffer; key?: Buffer },
): Promise<string> {
  const ca = readFileSync(fixture('ca.pem'));
  const request = get(exporter.url, { ca, ...identity, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return await text(response);
}

/** The body as it is on the wire: `fetch` would unpack it. */
async function raw(url: string, encoding: string): Promise<Buffer> {
  const { get: getPlain } = await import('node:http');
  const request = getPlain(url, { headers: { 'Accept-Encoding': encoding }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
