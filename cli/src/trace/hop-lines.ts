import { formatDuration } from '@hopline/model';
import type { Egress, Hop, HopChange } from '@hopline/model/api';
import { type Segment, segment } from '../terminal-text.ts';
import { label } from './labels.ts';
import type { TreeLine } from './tree-layout.ts';

export interface HopPath {
  hops: readonly Hop[];
  /** Hop ids that a server announced and that never reported. */
  missingHops: readonly string[];
  /** Unix ns that the figures count from. */
  time: string;
}

/** One line for each server that the message passed, indented by its distance from the first. */
export function hopLines(path: HopPath): TreeLine[] {
  const seen = path.hops.map((hop, index) => hopLine(hop, path.time, index === 0));
  const missing = path.missingHops.map(
    (hop, index): TreeLine => ({
      text: [label(seen.length + index === 0 ? 'servers' : ''), segment(indentOf(hop))],
      items: [[segment(`? ${placeOf(hop)} never reported`, 'warning')]],
    }),
  );
  return [...seen, ...missing];
}

/** A server behind the first one is announced by the one before it; the first must have been passed. */
const placeOf = (hop: string): string =>
  hop === '' ? 'first server: it' : `hop ${hop}: announced by a server,`;

function hopLine(hop: Hop, from: string, isFirst: boolean): TreeLine {
  const since = formatDuration(BigInt(hop.time) - BigInt(from));
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
      ...hop.changes.map(changed),
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
  if (hop.stream === '') return [];
  const took = hop.storeTime === null ? null : BigInt(hop.storeTime) - BigInt(hop.time);
  const after = took === null || took < 0n ? '' : ` after ${formatDuration(took)}`;
  return [[segment('stored in ', 'dim'), segment(hop.stream), segment(after, 'dim')]];
}

function changed({ kind, account, to }: HopChange): Segment[] {
  if (kind === 'mapping') return [segment('mapped to ', 'dim'), segment(to)];
  return [segment(`into account ${account} as `, 'dim'), segment(to)];
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
