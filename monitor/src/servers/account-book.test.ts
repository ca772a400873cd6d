import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerQuestions } from '../transport/server-client.ts';
import { AccountBook } from './account-book.ts';

/** A server with these accounts, and the names that were asked for since the last look. */
function serverWith(serverId: string, accounts: readonly string[]) {
  let asked: string[] = [];
  const client: Pick<ServerQuestions, 'get'> = {
    get: async (_endpoint, query) => {
      if (query === undefined) return { server_id: serverId, accounts };
      asked.push(String(query['acc']));
      return { account_detail: {} };
    },
  };
  return {
    client: client as ServerQuestions,
    asked: () => {
      const names = asked;
      asked = [];
      return names;
    },
  };
}

const AT = 1_000_000;
const SECOND = 1000;

test('those that were asked longest ago come first', async () => {
  const book = new AccountBook();
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `A${at}`);
  const few = serverWith('N1', names(1));
  await book.ask(few.client, AT);
  // A0 is due again, 32 others never had their turn: they go first.
  const many = serverWith('N1', names(33));
  await book.ask(many.client, AT + 61 * SECOND);
  assert.deepEqual(many.asked(), names(33).slice(1));
  await book.ask(many.client, AT + 62 * SECOND);
  assert.deepEqual(many.asked(), ['A0']);
});

test('an account that is gone is forgotten, and so is all of a server that started again', async () => {
  const book = new AccountBook();
  assert.equal((await book.ask(serverWith('N1', ['A', 'B']).client, AT)).size, 2);
  assert.deepEqual(
    [...(await book.ask(serverWith('N1', ['A']).client, AT + SECOND)).keys()],
    ['A'],
  );
  const again = serverWith('N2', ['A']);
  await book.ask(again.client, AT + 2 * SECOND);
  assert.deepEqual(again.asked(), ['A']);
});
