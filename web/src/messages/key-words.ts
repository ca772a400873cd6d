import { isAttribute, isSequence, type MessagesSearch } from './url.ts';

type Keys = Pick<MessagesSearch, 'key' | 'stream' | 'consumer' | 'sequence' | 'attribute'>;

/** `ORDERS / payment #42 order.id=7`; '' when no message is named. */
export const keyWords = ({ key, stream, consumer, sequence, attribute }: Keys): string =>
  [key, stream, consumer && `/ ${consumer}`, sequence && `#${sequence}`, attribute]
    .filter(Boolean)
    .join(' ');

/** What of the names cannot be asked for, in words; '' when all can. */
export function keyProblem({ stream, consumer, sequence, attribute }: Keys): string {
  if (sequence && !isSequence(sequence)) return `“${sequence}” is no sequence: digits alone.`;
  if (attribute && !isAttribute(attribute)) {
    return `“${attribute}” has no value. Write name=value, as in order.id=4711.`;
  }
  if (consumer && !stream) return 'Name the stream of the consumer too.';
  return sequence && !stream ? 'Sequences of every stream; name the stream to have one.' : '';
}
