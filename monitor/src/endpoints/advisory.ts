import type { AdvisoryRow } from '@hopline/model';
import { integerAt, parseFields, textAt, timeAt, uint64At } from './fields.ts';

export type AdvisoryRefusal = 'not JSON' | 'not an advisory';
export type DecodedAdvisory = { row: AdvisoryRow } | { refused: AdvisoryRefusal };

const TYPE = /^io\.nats\.jetstream\.advisory\.v\d+\.(\w+)$/;
const MAX_UINT32 = 0xffff_ffff;

/**
 * One JetStream advisory. `kind` is the last token of its type (`max_deliver`, `nak`, `terminated`,
 * `stream_leader_elected`, ...); the two `..._action` types become `stream_create`, `consumer_delete`
 * and so on. Never throws.
 */
export function decodeAdvisory(text: string): DecodedAdvisory {
  const advisory = parseFields(text);
  if (!advisory) return { refused: 'not JSON' };
  const type = TYPE.exec(textAt(advisory, 'type'))?.[1];
  const time = timeAt(advisory, 'timestamp');
  const id = textAt(advisory, 'id');
  if (!type || !time || id === '') return { refused: 'not an advisory' };
  const action = textAt(advisory, 'action');
  return {
    row: {
      time,
      id,
      kind: action === '' ? type : type.replace(/_action$/, `_${action}`),
      stream: textAt(advisory, 'stream'),
      consumer: textAt(advisory, 'consumer'),
      stream_seq: uint64At(advisory, 'stream_seq'),
      consumer_seq: uint64At(advisory, 'consumer_seq'),
      deliveries: integerAt(advisory, 'deliveries', { max: MAX_UINT32 }),
      reason: textAt(advisory, 'reason'),
      domain: textAt(advisory, 'domain'),
      raw: text,
    },
  };
}
