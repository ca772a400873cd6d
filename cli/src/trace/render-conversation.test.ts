import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConversationMessage, ConversationResponse } from '@hopline/model/api';
import { at, lasting, message, messageId, TRACE_ID } from './path-fixture.ts';
import { renderConversation } from './render-conversation.ts';

const OTHER = 'b'.repeat(32);

function story(parcel: Partial<ConversationMessage> = {}): ConversationResponse {
  const order = { ...message(2, 'orders.new', { producer: 'shop' }), causedBy: null };
  const consumers = [
    { service: 'packer', consumer: 'packer', queueGroup: '', attempts: 1, fate: 'processed' },
  ] as const;
  const trace = { start: at(0), duration: lasting(5), spans: 2, errors: 0, messages: 1 };
  return {
    traceId: TRACE_ID,
    start: at(0),
    duration: lasting(45),
    traces: [
      {
        ...trace,
        traceId: TRACE_ID,
        name: 'publish orders.new',
        services: ['shop'],
        continues: [],
      },
      {
        ...trace,
        traceId: OTHER,
        start: at(10),
        errors: 1,
        name: 'process orders.new',
        services: ['packer'],
        continues: [order.id],
      },
    ],
    spans: [],
    messages: [
      { ...order, consumers: [...consumers] },
      {
        ...message(3, 'parcels.packed', { producer: 'packer' }),
        traceId: OTHER,
        causedBy: order.id,
        consumers: [],
        outcome: 'unconsumed',
        total: null,
        ...parcel,
      },
    ],
    truncated: false,
  };
}

const lines = (told: ConversationResponse, selected: string | null = null): string[] =>
  renderConversation(told, { width: 110, useColor: false, selected })
    .split('\n')
    .map((line) => line.replaceAll(/ {3,}/g, '   '));

test('traces in order, then each message below its cause', () => {
  assert.deepEqual(lines(story(), messageId(3)).slice(3), [
    `${TRACE_ID}  publish orders.new  shop   5.00 ms  +0 ns`,
    `${OTHER}  process orders.new  packer   5.00 ms  1 error`,
    '',
    '● orders.new  shop → packer   40.0 ms  processed',
    '└─ ● parcels.packed  packer → nobody  in trace bbbbbbbb…  ◀ asked for   ?  unconsumed',
    '',
  ]);
});

test('says where there is more; causes in a circle end', () => {
  const first = story();
  const [order, parcel] = first.messages;
  const told = {
    ...first,
    truncated: true,
    messages: [{ ...order!, causedBy: parcel!.id }, parcel!],
  };
  const text = lines(told);
  assert.equal(text.filter((line) => line.includes('●')).length, 2);
  assert.equal(text.at(-2), 'there is more than the server answers with');
});
