import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { HandlerScope } from './handler-scope.ts';

const KEY = createContextKey('message');
const messageOf = (): unknown => context.active().getValue(KEY);
const contextOf = (message: string) => ROOT_CONTEXT.setValue(KEY, message);
/** A storage of the application, as it was where the client connected. */
const tenant = new AsyncLocalStorage<string>();

before(() => new NodeTracerProvider().register());
after(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

function handle(scope: HandlerScope, message: string, handler: () => unknown): unknown {
  return scope.run(contextOf(message), handler, { self: undefined, args: [] });
}

test('each handler has its own context, also later; around them nothing changes', async () => {
  const scope = new HandlerScope();
  const later: Promise<unknown>[] = [];
  const seen = tenant.run('a', () =>
    ['1', '2', '3'].map((message) => {
      const atOnce = handle(scope, message, () => {
        later.push(turn().then(() => [messageOf(), tenant.getStore()]));
        return [messageOf(), tenant.getStore()];
      });
      assert.equal(messageOf(), undefined);
      assert.equal(tenant.getStore(), 'a');
      return atOnce;
    }),
  );
  const wanted = ['1', '2', '3'].map((message) => [message, 'a']);
  assert.deepEqual(seen, wanted);
  assert.deepEqual(await Promise.all(later), wanted);
  assert.equal(tenant.getStore(), undefined);
});

test('what the application enters between two reads is there with the second', async () => {
  const scope = new HandlerScope();
  const read = () => handle(scope, '1', () => tenant.getStore());
  assert.equal(read(), undefined);
  await turn();
  assert.equal(tenant.run('b', read), 'b');
});

test('what a handler throws is thrown, and its context is left', () => {
  const scope = new HandlerScope();
  const failing = () => {
    throw new RangeError('bad');
  };
  assert.throws(() => handle(scope, '1', failing), RangeError);
  assert.equal(messageOf(), undefined);
  context.with(contextOf('outer'), () => {
    assert.equal(
      new HandlerScope().run(contextOf('inner'), messageOf, { self: undefined, args: [] }),
      'inner',
    );
    assert.equal(messageOf(), 'outer');
  });
});

test('a context that is left over around the handlers is not theirs, and is back after them', async () => {
  context.with(contextOf('over'), () => undefined);
  const scope = new HandlerScope();
  const later = handle(scope, '1', () => turn().then(messageOf));
  assert.equal(messageOf(), undefined);
  assert.equal(await later, '1');
  assert.equal(
    context.with(contextOf('outer'), () => handle(new HandlerScope(), '2', messageOf)),
    '2',
  );
});

test('a message came when the handler of the one before it was done, if nothing was between', async () => {
  const scope = new HandlerScope();
  scope.handled(7, 1000);
  assert.equal(scope.arrivalMs(8), undefined, 'before any handler');
  handle(scope, '1', messageOf);
  scope.handled(8, 2000);
  assert.equal(scope.arrivalMs(9), 2000);
  assert.equal(scope.arrivalMs(10), undefined, 'someone else had a message');
  await turn();
  assert.equal(scope.arrivalMs(9), undefined, 'another read');
});
