import type { ParamValue } from '../database.ts';
import { handledBy, receivedBy } from './handled-by.ts';

/** What a message is known by outside of Hopline; all that are given must hold. */
export interface MessageKeys {
  /** `Nats-Msg-Id` or the id of its envelope, exact. */
  key?: string | undefined;
  /** The stream that stored it: the publisher's by the PubAck, a mirror's or source's by the consumer. */
  stream?: string | undefined;
  /** Its sequence there. */
  sequence?: string | undefined;
  /** An attribute of its publish span or of a handler's: a business key or a recorded header. */
  attribute?: { name: string; value: string } | undefined;
}

interface Condition {
  sql: string;
  params: Record<string, ParamValue>;
}

/** True when one message or a few are meant, whenever they were: not a page of the newest. */
export const isByKey = ({ key, sequence, attribute }: MessageKeys): boolean =>
  key !== undefined || sequence !== undefined || attribute !== undefined;

/**
 * Conditions on publish spans. Handlers are asked too: only they know the stream when the publisher did not
 * wait for its PubAck. Needs what `handledBy` does. A sequence: traces-at-position.ts.
 */
export function byKeys({ key, stream, attribute }: Omit<MessageKeys, 'sequence'>): Condition[] {
  const all: Condition[] = [];
  if (key !== undefined) all.push({ sql: 'message_key = {key:String}', params: { key } });
  if (stream !== undefined) {
    const isStored = 'spans.stream = {stream:String}';
    all.push({ sql: `${isStored} OR ${receivedBy(isStored)}`, params: { stream } });
  }
  if (attribute !== undefined) {
    // has() alone can use the index; which attribute bears the value is asked of what it leaves.
    const bears = `has(mapValues(attributes), {attributeValue:String})
      AND attributes[{attributeName:String}] = {attributeValue:String}`;
    all.push({
      sql: `(${bears}) OR ${handledBy(bears)}`,
      params: { attributeName: attribute.name, attributeValue: attribute.value },
    });
  }
  return all;
}
