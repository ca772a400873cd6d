import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { avro } from '@hopline/client/codecs/avro';
import { json } from '@hopline/client/codecs/json';
import { protobuf } from '@hopline/client/codecs/protobuf';
import { SchemaRegistry, schemaMessages } from '@hopline/client/schemas';
import type { StatusResponse } from '@hopline/model/api';
import { type NatsServer, startNats } from '@hopline/testkit';
import confluent from '@kafkajs/confluent-schema-registry';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { createApi } from '../api/create-api.ts';
import type { Database } from '../store/store.ts';
import { openSchemas } from './schemas.ts';

const { SchemaRegistry: ConfluentClient, SchemaType } = confluent;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const PASSWORD = 'as long as it must be';
const AUTH = { username: 'anybody', password: PASSWORD };
const AUTHORIZATION = `Basic ${btoa(`anybody:${PASSWORD}`)}`;
const PROBE = { status: 200, body: {} };

interface Place extends AsyncDisposable {
  url: string;
  /** Over the same bucket, without any HTTP. */
  registry: SchemaRegistry;
}

/** The HTTP door over a real NATS; none of these answers asks the store. */
async function setUp(nats: NatsServer, access: 'off' | 'read' | 'write'): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const schemas = stack.use(openSchemas({ servers: [nats.url] }, 'schemas'));
  const app = await createApi({
    database: {} as Database,
    status: () => ({}) as StatusResponse,
    probes: {
      health: () => PROBE,
      ready: () => PROBE,
      metrics: async () => ({ contentType: 'text/plain', text: '' }),
    },
    feed: () => () => {},
    schemas,
    confluentApi: access,
    confluentPassword: PASSWORD,
    queryTimeoutMs: 1_000,
    retentionDays: 7,
    maxLiveClients: 1,
    allowedHosts: null,
    version: '0.0.0-test',
    now: () => assert.fail('no time is asked for'),
    onError: (error) => console.error(error),
  });
  stack.defer(() => app.close());
  const nc = await connect({ servers: nats.url });
  stack.defer(() => nc.close());
  const bucket = await new Kvm(nc).create('schemas');
  const parts = stack.move();
  return {
    url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/confluent`,
    registry: new SchemaRegistry({ bucket, formats: [avro, json, protobuf] }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

async function call(url: string, body?: object, method = body ? 'POST' : 'GET') {
  const response = await fetch(url, {
    method,
    headers: { authorization: AUTHORIZATION, ...(body && { 'content-type': MEDIA_TYPE }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return [response.status, (await response.json()) as unknown] as const;
}

const order = (...fields: object[]): string =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
const TEXTS = {
  avro: order(),
  json: '{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}',
  protobuf: 'syntax = "proto3"; package shop; message Order { string id = 1; }',
};
const FORMATS = ['avro', 'json', 'protobuf'] as const;

describe("Confluent's REST API over the registry in NATS", () => {
  test('its client registers, encodes and decodes; what it wrote is read here, and back', async () => {
    await using nats = await startNats();
    await using place = await setUp(nats, 'write');
    const theirs = new ConfluentClient({ host: place.url, auth: AUTH });
    const ours = await schemaMessages({ registry: place.registry, wire: 'confluent' });
    for (const format of FORMATS) {
      const subject = `${format}/orders-value`;
      const type = SchemaType[format.toUpperCase() as 'AVRO'];
      const { id } = await theirs.register({ type, schema: TEXTS[format] }, { subject });
      assert.equal((await place.registry.version(subject, 'latest')).number, id);
      assert.equal(await theirs.getLatestSchemaId(subject), id);
      assert.equal(await theirs.getRegistryId(subject, 1), id);

      const fromHere = await ours.encode(subject, { id: 'ü' });
      const fresh = new ConfluentClient({ host: place.url, auth: AUTH });
      const theyRead = (await fresh.decode(Buffer.from(fromHere.data))) as { id: string };
      assert.equal(theyRead.id, 'ü', format);

      const fromThere = await fresh.encode(id, { id: 'ö' });
      // That client leaves out the index of the message, which the framing of Protobuf asks for.
      if (format === 'protobuf') {
        await assert.rejects(ours.decode({ data: fromThere }), { code: 'framing' });
      } else {
        assert.equal(
          (await ours.decode<{ id: string }>({ data: fromThere })).value.id,
          'ö',
          format,
        );
      }
    }
    const subjects = FORMATS.map((format) => `${format}/orders-value`);
    assert.deepEqual(await call(`${place.url}/subjects`), [200, subjects]);
  });

  test('its client is told of a schema that does not fit, by its own code', async () => {
    await using nats = await startNats();
    await using place = await setUp(nats, 'write');
    const theirs = new ConfluentClient({ host: place.url, auth: AUTH });
    const register = (schema: string) =>
      theirs.register({ type: SchemaType.AVRO, schema }, { subject: 'a' });
    await register(order());
    await assert.rejects(register(order({ name: 'total', type: 'int' })), /field_without_default/);
    const second = await register(order({ name: 'total', type: 'int', default: 0 }));
    assert.notEqual(second.id, await theirs.getRegistryId('a', 1));
  });

  test('every answer and error in its form', async () => {
    await using nats = await startNats();
    await using place = await setUp(nats, 'write');
    const { url } = place;
    const money = {
      schemaType: 'PROTOBUF',
      schema: 'syntax = "proto3"; message Money { int32 c = 1; }',
    };
    const [, made] = await call(`${url}/subjects/money/versions`, money);
    const { id } = made as { id: number };
    const bill = {
      schemaType: 'PROTOBUF',
      schema: 'syntax = "proto3"; import "m.proto"; message Bill { Money sum = 1; }',
      references: [{ name: 'm.proto', subject: 'money', version: 1 }],
    };
    const [status, billed] = await call(`${url}/subjects/bill/versions`, bill);
    assert.equal(status, 200);
    const { id: billId } = billed as { id: number };
    assert.deepEqual(await call(`${url}/schemas/ids/${billId}`), [200, bill]);
    assert.deepEqual(await call(`${url}/subjects/money/versions/latest`), [
      200,
      { subject: 'money', version: 1, id, ...money },
    ]);
    assert.deepEqual(await call(`${url}/subjects/money/versions`), [200, [1]]);
    assert.deepEqual(await call(`${url}/subjects/money`, money), [
      200,
      { subject: 'money', version: 1, id, ...money },
    ]);
    const changed = { ...money, schema: 'syntax = "proto3"; message Money { string c = 1; }' };
    const [, verdict] = await call(`${url}/compatibility/subjects/money/versions/latest`, changed);
    const { is_compatible, messages } = verdict as { is_compatible: boolean; messages: string[] };
    assert.equal(is_compatible, false);
    assert.match(messages.join(), /Money\.c/);

    assert.deepEqual(await call(`${url}/config`), [200, { compatibilityLevel: 'BACKWARD' }]);
    assert.deepEqual(await call(`${url}/config/money`, { compatibility: 'none' }, 'PUT'), [
      200,
      { compatibility: 'NONE' },
    ]);
    assert.deepEqual(await call(`${url}/config/money`), [200, { compatibilityLevel: 'NONE' }]);
    assert.equal((await call(`${url}/subjects/money/versions`, changed))[0], 200);
    assert.deepEqual(await call(`${url}/subjects/money/versions`), [200, [1, 2]]);
    // A mode alone makes no subject.
    await call(`${url}/config/later`, { compatibility: 'FULL' }, 'PUT');
    assert.deepEqual(await call(`${url}/subjects`), [200, ['bill', 'money']]);

    const refusals: [string, object?, string?][] = [
      ['/subjects/none/versions'],
      ['/subjects/money/versions/9'],
      ['/subjects/money/versions/x'],
      ['/schemas/ids/12'],
      ['/subjects/money', { schema: order() }],
      ['/config/bill'],
      ['/config', { compatibility: 'SOME' }, 'PUT'],
      ['/subjects/money/versions', { schema: '{' }],
      ['/subjects/money/versions', { schema: 1 }],
    ];
    const codes: number[] = [];
    for (const [path, body, method] of refusals) {
      const [, said] = await call(`${url}${path}`, body, method);
      codes.push((said as { error_code: number }).error_code);
    }
    assert.deepEqual(codes, [40401, 40402, 42202, 40403, 40403, 40408, 42203, 42201, 42201]);
    const plain = await fetch(`${url}/subjects/money/versions`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization: AUTHORIZATION },
      body: JSON.stringify(money),
    });
    assert.equal(plain.status, 415);
  });

  test('who has no password, or the wrong one, reads and does not write', async () => {
    await using nats = await startNats();
    await using place = await setUp(nats, 'write');
    for (const auth of [undefined, { ...AUTH, password: 'not that one, though' }]) {
      const theirs = new ConfluentClient({ host: place.url, ...(auth && { auth }) });
      await assert.rejects(
        theirs.register({ type: SchemaType.AVRO, schema: order() }, { subject: 'a' }),
        /confluentPassword/,
      );
    }
    const response = await fetch(`${place.url}/config`, { method: 'PUT', body: null });
    assert.deepEqual(
      [response.status, response.headers.get('www-authenticate')],
      [401, 'Basic realm="schema registry"'],
    );
    assert.equal(((await response.json()) as { error_code: number }).error_code, 40101);
    assert.equal((await fetch(`${place.url}/subjects`)).status, 200);
    assert.deepEqual(await place.registry.subjects(), []);
  });

  test('the setting: read refuses what writes, off has no such address', async () => {
    await using nats = await startNats();
    await using reading = await setUp(nats, 'read');
    const { number } = await reading.registry.register('a', { format: 'avro', text: order() });
    const decoder = new ConfluentClient({ host: reading.url });
    const ours = await schemaMessages({ registry: reading.registry, wire: 'confluent' });
    const { data } = await ours.encode('a', { id: '1' });
    assert.deepEqual({ ...((await decoder.decode(Buffer.from(data))) as object) }, { id: '1' });
    const [found] = await call(`${reading.url}/subjects/a`, { schema: order() });
    assert.equal(found, 200);
    for (const [path, body, method] of [
      ['/subjects/a/versions', { schema: order() }, 'POST'],
      ['/config', { compatibility: 'NONE' }, 'PUT'],
      ['/config/a', { compatibility: 'NONE' }, 'PUT'],
    ] as const) {
      const [status, said] = await call(`${reading.url}${path}`, body, method);
      assert.deepEqual([status, (said as { error_code: number }).error_code], [403, 40301], path);
    }
    assert.equal(await reading.registry.compatibility('a'), 'BACKWARD');
    assert.equal((await reading.registry.version('a', 'latest')).number, number);
    await using off = await setUp(nats, 'off');
    assert.equal((await fetch(`${off.url}/subjects/a/versions/1.0`)).status, 404);

    await nats.kill();
    const [status, said] = await call(`${reading.url}/subjects`);
    assert.deepEqual([status, (said as { error_code: number }).error_code], [503, 50003]);
  });
});
