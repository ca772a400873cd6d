import { formatDuration } from '@hopline/model';
import type { Egress, Hop, MessageResponse } from '@hopline/model/api';
import { type Segment, segment } from '../terminal-text.ts';
import { label } from './labels.ts';
import type { TreeLine } from './tree-layout.ts';

/** One line for each server that the message passed, indented by its distance from the first. */
export function hopLines(message: MessageResponse): TreeLine[] {
  const seen = message.hops.map((hop, index) => hopLine(hop, message, index === 0));
  const missing = message.missingHops.map(
    (hop, index): TreeLine => ({
      text: [label(seen.length + index === 0 ? 'servers' : ''), segment(indentOf(hop))],
      items: [[segment(`? hop ${hop}: announced by a server, never reported`, 'warning')]],
    }),
  );
  return [...seen, ...missing];
}

function hopLine(hop: Hop, message: MessageResponse, isFirst: boolean): TreeLine {
  const since = formatDuration(BigInt(hop.time) - BigInt(message.time));
  return {
    text: [
      label(isFirst ? 'servers' : ''),
      segment(indentOf(hop.hop)),
      segment(hop.server, 'strong'),
      segment(hop.ingressKind === 'leaf' ? ' over the leaf line' : '', 'dim'),
      segment(' '),
    ],
    items: [
      ...(hop.error === '' ? [] : [[segment(`refused: ${hop.error}`, 'bad')]]),
      ...stored(hop),
      ...handedOn(hop.egresses),
    ],
    figure: segment(since.startsWith('-') ? since : `+${since}`, 'dim'),
  };
}

/** Hop `1.2` is two servers away from the first. */
const indentOf = (hop: string): string => '  '.repeat(hop === '' ? 0 : hop.split('.').length);

function stored(hop: Hop): Segment[][] {
  if (hop.storeError !== '') return [[segment(`not stored: ${hop.storeError}`, 'bad')]];
  return hop.stream === '' ? [] : [[segment('stored in ', 'dim'), segment(hop.stream)]];
}

function handedOn(egresses: readonly Egress[]): Segment[][] {
  const visible = egresses.filter(({ kind }) => kind !== 'jetstream' && kind !== 'account');
  return visible.map((egress, index) => {
    const arrow = segment(index === 0 ? '→ ' : '', 'dim');
    const name = egress.name === '' ? `${egress.kind} ${egress.connectionId}` : egress.name;
    const queue = egress.queue === '' ? '' : ` (queue ${egress.queue})`;
    if (egress.error !== '') return [arrow, segment(`${name}: ${egress.error}`, 'bad')];
    return [arrow, segment(name), segment(queue, 'dim')];
  });
}
