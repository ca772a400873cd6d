import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { orderPath } from './order-path-fixture.ts';
import {
  attempt,
  delivery,
  lasting,
  message,
  messageId,
  messagingSpan,
  span,
  trace,
} from './path-fixture.ts';
import { type RenderOptions, renderTrace } from './render-trace.ts';

const PLAIN: RenderOptions = { width: 110, useColor: false, showLogs: false, selected: null };

suite('a trace in the terminal', () => {
  test('an order: hops, attempts, request, what it caused', () => {
    const { trace: found, messages } = orderPath();
    matchesGolden('order', renderTrace(found, messages, PLAIN));
  });

  test('with logs at their steps, pointing at one message', () => {
    const { trace: found, messages } = orderPath();
    const options = { ...PLAIN, showLogs: true, selected: messageId(14) };
    matchesGolden('order-with-logs', renderTrace(found, messages, options));
  });

  test('in a narrow terminal stages go on below and nothing is wider', () => {
    const { trace: found, messages } = orderPath();
    const text = renderTrace(found, messages, { ...PLAIN, width: 72 });
    matchesGolden('order-narrow', text);
    for (const line of text.split('\n').slice(3)) assert.ok([...line].length <= 72, line);
  });

  test('colours change no character', () => {
    const { trace: found, messages } = orderPath();
    const painted = renderTrace(found, messages, { ...PLAIN, useColor: true });
    assert.notEqual(painted, stripVTControlCharacters(painted));
    assert.equal(stripVTControlCharacters(painted), renderTrace(found, messages, PLAIN));
  });

  test('a poison message ends as dead-lettered', () => {
    const attemptList = [1, 2, 3].map((number) =>
      attempt(9 + number, {
        number,
        status: 'ERROR',
        error: 'provider cannot book XTS',
        disposition: 'nak',
        duration: lasting(20 + number),
      }),
    );
    const poison = message(3, 'orders.created', {
      outcome: 'dead-lettered',
      total: null,
      deliveries: [
        delivery('payment', {
          consumer: 'payment',
          fate: 'dead-lettered',
          fateEvidence: 'MAX_DELIVERIES advisory after 3 deliveries',
          attemptList,
        }),
      ],
    });
    const found = trace({ spans: [messagingSpan(3, null, 'gateway')], messageIds: [poison.id] });
    matchesGolden('dead-lettered', renderTrace(found, [poison], PLAIN));
  });

  test('a trace without messages still shows where it began', () => {
    const found = trace({
      spans: [span(1, null, { name: 'nightly run', status: 'ERROR', service: 'batch' })],
      truncated: true,
    });
    matchesGolden('no-messages', renderTrace(found, [], PLAIN));
  });

  test('while spans are on their way, the servers already tell the path', () => {
    const { trace: found } = orderPath();
    const early = { ...found, spans: [], logs: [], messageIds: [] };
    matchesGolden('servers-only', renderTrace(early, [], PLAIN));
  });

  test('parents in a circle end the search', () => {
    const spans = [messagingSpan(3, 4, 'a'), messagingSpan(4, 3, 'a')];
    const lost = message(3, 'a.b', { producer: 'a' });
    assert.match(renderTrace(trace({ spans }), [lost], PLAIN), /● a\.b/);
  });
});

/** UPDATE_GOLDENS=1 writes what came out instead of comparing it. */
function matchesGolden(name: string, text: string): void {
  const file = new URL(`goldens/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}
