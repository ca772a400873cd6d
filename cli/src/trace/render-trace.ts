import { formatDuration, formatRfc3339, unixNs } from '@hopline/model';
import type { MessageResponse, TraceResponse } from '@hopline/model/api';
import { paint, type Segment, segment } from '../terminal-text.ts';
import { logLine, pathBranch, serverOnlyBranch } from './path-branches.ts';
import { buildPathTree } from './path-tree.ts';
import { PROVENANCE_LEGEND, PROVENANCE_MARKS } from './stage-words.ts';
import { type Branch, layOutTree } from './tree-layout.ts';

export interface RenderOptions {
  /** Columns of the terminal. */
  width: number;
  useColor: boolean;
  showLogs: boolean;
  /** The message that was asked for, to be pointed at. */
  selected: string | null;
}

/** The whole path of a trace as text for a terminal; ends with a line feed. */
export function renderTrace(
  trace: TraceResponse,
  messages: readonly MessageResponse[],
  options: RenderOptions,
): string {
  const tree = buildPathTree(trace, messages);
  const branches = [
    ...tree.roots.map((root) => pathBranch(root, options)),
    ...tree.serverOnly.map(serverOnlyBranch),
  ];
  const lines = [
    ...heading(trace, messages).map((line) => paint(line, options.useColor)),
    '',
    ...layOutTree([...branches, ...strayLogs(tree.strayLogs, options)], options),
    ...footing(trace, messages, options).map((line) => paint(line, options.useColor)),
  ];
  return `${lines.join('\n')}\n`;
}

function heading(trace: TraceResponse, messages: readonly MessageResponse[]): Segment[][] {
  const services = new Set(trace.spans.map(({ service }) => service)).size;
  const time = formatRfc3339(unixNs(trace.start)).slice(0, 23).replace('T', ' ');
  const facts = [
    `${time} UTC`,
    formatDuration(BigInt(trace.duration)),
    count(services, 'service'),
    count(messages.length, 'message'),
    count(trace.spans.length, 'span'),
    count(trace.hops.length, 'server hop'),
  ];
  return [
    [segment('trace ', 'dim'), segment(trace.traceId, 'strong')],
    [segment(facts.join(' · '), 'dim')],
  ];
}

function strayLogs(logs: TraceResponse['logs'], { showLogs }: RenderOptions): Branch[] {
  if (!showLogs || logs.length === 0) return [];
  const title = { text: [segment('logs outside of any step', 'dim')] };
  return [{ lines: [title, ...logs.map(logLine)], children: [] }];
}

function footing(
  trace: TraceResponse,
  messages: readonly MessageResponse[],
  options: RenderOptions,
): Segment[][] {
  const hidden = options.showLogs || trace.logs.length === 0 ? 0 : trace.logs.length;
  const notes = [
    ...legend(messages),
    ...(hidden > 0 ? [`${count(hidden, 'log line')}: show with --logs`] : []),
    ...(trace.truncated ? ['the trace has more spans than the server answers with'] : []),
  ];
  return notes.length === 0 ? [] : [[], ...notes.map((note) => [segment(note, 'dim')])];
}

/** Explains only the marks that stand above. */
function legend(messages: readonly MessageResponse[]): string[] {
  const stages = messages.flatMap(({ deliveries }) =>
    deliveries.flatMap(({ attemptList }) => attemptList.flatMap(({ stages: all }) => all)),
  );
  const marks = new Set(
    stages.map((stage) => (stage.duration === null ? '?' : PROVENANCE_MARKS[stage.provenance])),
  );
  const meanings = Object.entries(PROVENANCE_LEGEND).filter(([mark]) => marks.has(mark as '?'));
  return meanings.map(([mark, meaning]) => `${mark} ${meaning}`);
}

const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? '' : 's'}`;
