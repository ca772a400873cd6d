import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import type { MessagesResponse } from '@hopline/model/api';
import { ApiClient } from '../api/api-client.ts';
import { findPath } from './find-path.ts';
import { orderPath } from './order-path-fixture.ts';
import { message, messageId, TRACE_ID } from './path-fixture.ts';

const OPTIONS = { sinceMs: 60_000 };

suite('finding a path', () => {
  test('by trace id, in any letter case', async () => {
    await using server = await serveOrder();
    const found = await findPath(server.client, TRACE_ID.toUpperCase(), OPTIONS);
    assert.equal(found.selected, null);
    assert.deepEqual(
      found.messages.map(({ subject }) => subject),
      orderPath().messages.map(({ subject }) => subject),
    );
  });

  test('by message id', async () => {
    await using server = await serveOrder();
    const found = await findPath(server.client, messageId(12), OPTIONS);
    assert.equal(found.selected, messageId(12));
    assert.equal(found.trace.traceId, TRACE_ID);
  });

  test('by Nats-Msg-Id, though others hold the same words', async () => {
    const [created] = orderPath().messages;
    assert.ok(created);
    const other = message(9, 'x', { traceId: 'a'.repeat(32), messageKey: 'order-47110' });
    await using server = await serveOrder({ messages: [other, created], next: null });
    const found = await findPath(server.client, 'order-4711', OPTIONS);
    assert.equal(found.selected, created.id);
    assert.match(server.asked.join('\n'), /messages\?text=order-4711&from=\d{19}&limit=50/);
  });

  test('words in several traces are not guessed between', async () => {
    const one = message(8, 'x', {});
    const two = message(9, 'x', { traceId: 'a'.repeat(32) });
    await using server = await serveOrder({ messages: [one, two], next: null });
    await assert.rejects(findPath(server.client, 'words', OPTIONS), { code: 'AMBIGUOUS' });
  });

  test('what is not there is not found', async () => {
    await using server = await serveOrder();
    for (const id of ['b'.repeat(32), `${TRACE_ID}-${'c'.repeat(16)}`, 'nothing']) {
      await assert.rejects(findPath(server.client, id, OPTIONS), { code: 'NOT_FOUND' }, id);
    }
  });

  test('an answer that breaks the contract is refused', async () => {
    await using server = await serveOrder({ messages: [{}], next: null } as never);
    await assert.rejects(findPath(server.client, 'x', OPTIONS), { code: 'UNEXPECTED_ANSWER' });
  });

  test('no server at all', async () => {
    const client = new ApiClient('http://127.0.0.1:1/');
    await assert.rejects(findPath(client, TRACE_ID, OPTIONS), {
      code: 'SERVER_UNREACHABLE',
      message: /^cannot reach Hopline at http:\/\/127\.0\.0\.1:1: .+; start it with "hopline up"/,
    });
  });
});

interface FakeServer extends AsyncDisposable {
  client: ApiClient;
  /** URLs asked for, in order. */
  asked: string[];
}

/** Answers as the contract says, with the order of the fixture and a search result of the test's. */
async function serveOrder(
  search: MessagesResponse = { messages: [], next: null },
): Promise<FakeServer> {
  const { trace, messages } = orderPath();
  const answers = new Map<string, unknown>([
    ['/api/v1/messages', search],
    [`/api/v1/traces/${TRACE_ID}`, trace],
    ...messages.map((each) => [`/api/v1/messages/${each.id}`, each] as const),
  ]);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    asked.push(url);
    const answer = answers.get(url.split('?')[0] ?? '');
    response.statusCode = answer === undefined ? 404 : 200;
    response.end(JSON.stringify(answer ?? { code: 'NOT_FOUND', message: 'not here' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return {
    client: new ApiClient(`http://127.0.0.1:${address.port}`),
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
