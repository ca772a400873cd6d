import { isAttribute, isSequence, type MessagesSearch } from './url.ts';

type Keys = Pick<MessagesSearch, 'key' | 'stream' | 'sequence' | 'attribute'>;

/** `ORDERS #42 order.id=7`; '' when no message is named. */
export const keyWords = ({ key, stream, sequence, attribute }: Keys): string =>
  [key, stream, sequence && `#${sequence}`, attribute].filter(Boolean).join(' ');

/** What of the names cannot be asked for, in words; '' when all can. */
export function keyProblem({ stream, sequence, attribute }: Keys): string {
  if (sequence && !isSequence(sequence)) return `“${sequence}” is no sequence: digits alone.`;
  if (attribute && !isAttribute(attribute)) {
    return `“${attribute}” has no value. Write name=value, as in order.id=4711.`;
  }
  return sequence && !stream ? 'Sequences of every stream; name the stream to have one.' : '';
}
