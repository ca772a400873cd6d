import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avro } from '@hopline/client/codecs/avro';
import { json } from '@hopline/client/codecs/json';
import { SchemaRegistry } from '@hopline/client/schemas';
import { ATTR } from '@hopline/model';
import { CONTRACT, type EndpointName, type ResponseOf } from '@hopline/model/api';
import { startNats, tempDir, waitFor } from '@hopline/testkit';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { startServer } from '../main.ts';
import { encode, type Message, span, text } from '../otlp/requests.fixture.ts';
import { allStored, settings } from '../start/servers.fixture.ts';

/** As the contract says it, or the test fails. */
async function ask<Name extends EndpointName>(
  base: string,
  name: Name,
  path: string,
): Promise<ResponseOf<Name>> {
  const response = await fetch(`${base}${path}`);
  const body: unknown = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return CONTRACT[name].response.parse(body) as ResponseOf<Name>;
}

async function refused(base: string, path: string): Promise<string> {
  const response = await fetch(`${base}${path}`);
  const { code } = (await response.json()) as { code: string };
  return `${response.status} ${code}`;
}

interface Told {
  kind: 'producer' | 'consumer' | 'internal';
  subject?: string;
  version?: number;
  id?: string;
  error?: string;
}

/** A span that says of its message's schema what `told` has. */
function toldSpan({ kind, subject, version, id, error }: Told): Message {
  const told = [
    [ATTR.schemaSubject, subject],
    [ATTR.schemaId, id],
    [ATTR.schemaError, error],
  ] as const;
  return span({
    kind: { producer: 4, consumer: 5, internal: 1 }[kind],
    attributes: [
      text('messaging.operation.type', kind === 'producer' ? 'send' : 'process'),
      text('messaging.destination.name', 'shop.order.created'),
      ...told.flatMap(([key, value]) => (value === undefined ? [] : [text(key, value)])),
      ...(version === undefined
        ? []
        : [{ key: ATTR.schemaVersion, value: { int_value: version } }]),
    ],
  });
}

async function send(url: string, services: Record<string, Told[]>): Promise<void> {
  const body = encode('traces', {
    resource_spans: Object.entries(services).map(([service, spans]) => ({
      resource: { attributes: [text('service.name', service)] },
      scope_spans: [{ scope: { name: 's' }, spans: spans.map(toldSpan) }],
    })),
  });
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  });
  assert.equal(response.status, 200);
}

const order = (...fields: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
const SUBJECT = 'shop/order.created *';
const PATH = `/api/v1/schemas/${encodeURIComponent(SUBJECT)}`;

test('the registry and the messages: versions, differences, verdicts, who writes and reads what', async () => {
  await using folder = await tempDir('schemas-api');
  await using nats = await startNats();
  const client = await connect({ servers: nats.url });
  await using stack = new AsyncDisposableStack();
  // Draining needs a server, which is killed below.
  stack.defer(() => client.close());
  await using server = await startServer(
    settings(folder.path, { logLevel: 'silent', nats: { servers: [nats.url] } }),
  );
  const base = server.httpUrl;
  await allStored(base);
  const empty = await ask(base, 'schemas', '/api/v1/schemas');
  assert.deepEqual([empty.registry.state, empty.subjects], ['absent', []]);
  assert.equal(await refused(base, PATH), '404 not_found');

  const bucket = await new Kvm(client).create('schemas');
  const registry = new SchemaRegistry({ bucket, formats: [avro, json] });
  const first = await registry.register(SUBJECT, { format: 'avro', text: order() });
  await registry.setCompatibility('NONE', SUBJECT);
  const total = { name: 'total', type: 'int' };
  const second = await registry.register(SUBJECT, { format: 'avro', text: order(total) });
  for (const n of Array.from({ length: 250 }).keys()) {
    await bucket.put(`subject.many-${n}`, JSON.stringify({ subject: `many-${n}`, versions: [] }));
  }

  await send(server.otlpHttpUrl, {
    checkout: [
      { kind: 'producer', subject: SUBJECT, version: 1, id: first.id },
      // In Confluent's framing there is no id beside the message.
      { kind: 'producer', subject: SUBJECT, version: 2 },
      { kind: 'producer', subject: SUBJECT, version: 2 },
      { kind: 'producer', subject: 'not.registered', version: 3 },
    ],
    billing: [
      { kind: 'consumer', subject: SUBJECT, version: 1, id: first.id },
      { kind: 'consumer', subject: SUBJECT, version: 2, id: second.id, error: 'decode_failed' },
      // From another broker: a number, which became an id, and nothing else.
      { kind: 'consumer', id: second.id },
      { kind: 'internal', error: 'framing' },
      // Of the application, around a message that has been counted.
      { kind: 'internal', subject: SUBJECT, version: 1, id: first.id },
    ],
  });
  await waitFor(
    async () =>
      (await ask(base, 'schemas', '/api/v1/schemas?find=order')).subjects[0]?.written === 3,
    { message: 'the spans', timeoutMs: 30_000 },
  );

  const list = await ask(base, 'schemas', '/api/v1/schemas?limit=100');
  assert.deepEqual([list.registry.state, list.total, list.subjects.length], ['ready', 252, 100]);
  const found = await ask(base, 'schemas', '/api/v1/schemas?find=ORDER');
  assert.deepEqual(
    found.subjects.map(({ latest, ...rest }) => ({ ...rest, latest: latest?.version })),
    [
      {
        subject: SUBJECT,
        compatibility: 'NONE',
        versions: 2,
        latest: 2,
        producers: ['checkout'],
        consumers: ['billing'],
        written: 3,
        read: 3,
        decodeFailures: 1,
      },
    ],
  );
  assert.deepEqual(
    found.unattributed.map(({ service, errors, decodeFailures }) => [
      service,
      errors,
      decodeFailures,
    ]),
    [['billing', ['framing'], 1]],
  );

  const detail = await ask(base, 'schema', PATH);
  assert.deepEqual([detail.compatibility, detail.isOwnCompatibility], ['NONE', true]);
  assert.deepEqual(
    detail.uses.map((use) => [
      use.service,
      use.role,
      use.version,
      use.messages,
      use.decodeFailures,
    ]),
    [
      ['checkout', 'producer', 2, 2, 0],
      ['checkout', 'producer', 1, 1, 0],
      ['billing', 'consumer', 2, 2, 1],
      ['billing', 'consumer', 1, 1, 0],
    ],
  );
  assert.deepEqual(detail.uses[2]?.errors, ['decode_failed']);
  const unknown = await ask(base, 'schema', '/api/v1/schemas/not.registered');
  assert.deepEqual([unknown.versions, unknown.uses[0]?.version], [[], 3]);

  const version = await ask(base, 'schemaVersion', `${PATH}/versions/latest`);
  assert.deepEqual([version.version, version.text], [2, order(total)]);
  assert.equal(await refused(base, `${PATH}/versions/9`), '404 not_found');
  assert.equal(await refused(base, `${PATH}/versions/x`), '400 bad_request');

  const diff = await ask(base, 'schemaDiff', `${PATH}/diff`);
  assert.deepEqual([diff.from, diff.to, diff.mode, diff.isAllowed], [1, 2, 'NONE', true]);
  assert.deepEqual(
    diff.problems.map(({ rule, path, direction }) => [rule, path, direction]),
    [['field_without_default', 'Order.total', 'backward']],
  );
  assert.ok(diff.lines.some(({ kind, text: line }) => kind === 'added' && /"total"/.test(line)));
  const back = await ask(base, 'schemaDiff', `${PATH}/diff?from=2&to=1`);
  assert.deepEqual(
    back.problems.map(({ direction }) => direction),
    ['forward'],
  );
  assert.equal(await refused(base, `${PATH}/diff?to=1`), '400 bad_request');

  await nats.kill();
  await waitFor(
    async () => {
      const known = await ask(base, 'schema', PATH);
      assert.equal(known.versions.length, 2);
      return known.registry.state === 'unreachable' && known.registry.error !== '';
    },
    { message: 'the state unreachable', timeoutMs: 30_000 },
  );
  const away = await ask(base, 'schemaDiff', `${PATH}/diff`);
  assert.equal(away.problems.length, 1);
  const never = await refused(base, '/api/v1/schemas/many-1/versions/1');
  assert.equal(never, '503 schemas_unavailable');
});

test('without any NATS server the messages still say what they are written with', async () => {
  await using folder = await tempDir('schemas-off');
  await using server = await startServer(settings(folder.path, { logLevel: 'silent' }));
  await allStored(server.httpUrl);
  await send(server.otlpHttpUrl, { shop: [{ kind: 'producer', subject: 'a', version: 1 }] });
  await waitFor(
    async () => {
      const { registry, subjects } = await ask(server.httpUrl, 'schemas', '/api/v1/schemas');
      return registry.state === 'off' && subjects[0]?.written === 1;
    },
    { message: 'the message', timeoutMs: 30_000 },
  );
});
