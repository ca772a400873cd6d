import { formatDuration, formatRfc3339, unixNs } from '@hopline/model';
import type { MessageSummary } from '@hopline/model/api';
import { type Segment, segment } from './terminal-text.ts';
import { fateWord } from './trace/stage-words.ts';

/** From here on there is room for all of a message beside its id. */
const WIDE = 100;

/** One message: a line; on a narrow terminal what became of it first, its id and its way on a second one. */
export function messageLines(message: MessageSummary, width: number): Segment[][] {
  const time = segment(`${formatRfc3339(unixNs(message.time)).slice(11, 23)}  `, 'dim');
  const id = segment(`${message.traceId}  `, 'dim');
  const total = message.total === null ? '?' : formatDuration(BigInt(message.total));
  const outcome = fateWord(message.outcome);
  const consumers = message.consumers.map((consumer) => consumer.service || '?').join(', ');
  const fate = [
    segment(`${total.padStart(8)}  `),
    { ...outcome, text: `${outcome.text.padEnd(13)}  ` },
    segment(message.subject, 'strong'),
  ];
  const way = `${message.producer || '?'} → ${consumers || '?'}`;
  if (width >= WIDE) return [[time, id, ...fate, segment(`  ${way}`)]];
  return [
    [time, ...fate],
    [segment('  '), id, segment(way)],
  ];
}
