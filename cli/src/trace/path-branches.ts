import { ATTR, formatDuration } from '@hopline/model';
import type { Attempt, LogRecord, MessageResponse, Span } from '@hopline/model/api';
import { type Segment, type Style, segment } from '../terminal-text.ts';
import { hopLines } from './hop-lines.ts';
import { label } from './labels.ts';
import type {
  AttemptNode,
  DeliveryNode,
  MessageNode,
  PathNode,
  Reply,
  ServerOnly,
  SpanNode,
} from './path-tree.ts';
import { fateWord, stageWords } from './stage-words.ts';
import type { Branch, TreeLine } from './tree-layout.ts';

export interface BranchOptions {
  showLogs: boolean;
  /** The message that was asked for, to be pointed at. */
  selected: string | null;
}

/** What the tree says about a node and everything it caused. */
export function pathBranch(node: PathNode, options: BranchOptions): Branch {
  return node.kind === 'span' ? spanBranch(node, options) : messageBranch(node, options);
}

/** A message that only the servers told of: its publisher sent no span, or has not yet. */
export function serverOnlyBranch({ hops, missingHops }: ServerOnly): Branch {
  const [first] = hops;
  const title = [
    segment('● ', 'accent'),
    segment(first?.subject ?? '', 'strong'),
    segment('  seen by servers only', 'dim'),
    incomplete(missingHops),
  ];
  const path = { hops, missingHops, time: first?.time ?? '0' };
  return { lines: [{ text: title }, ...hopLines(path)], children: [] };
}

function spanBranch({ span, children, logs }: SpanNode, options: BranchOptions): Branch {
  const status = span.attributes[ATTR.httpStatus];
  const isBad = span.status === 'ERROR';
  return {
    lines: [
      {
        text: [segment(span.service, 'strong'), segment(`  ${spanTitle(span)}`)],
        figure: duration(span.duration),
        verdict: segment(status ?? (isBad ? 'error' : ''), isBad ? 'bad' : 'dim'),
      },
      ...logLines(logs, options),
    ],
    children: children.map((child) => pathBranch(child, options)),
  };
}

/** `POST /orders` of a server's span; a client's span is named `POST`, so its path is added. */
function spanTitle(span: Span): string {
  if (span.name.includes('/')) return span.name;
  const url = span.attributes['url.path'] ?? span.attributes['url.full'];
  if (url === undefined) return span.name;
  return `${span.name} ${URL.canParse(url) ? new URL(url).pathname : url}`;
}

function messageBranch(node: MessageNode, options: BranchOptions): Branch {
  const { message } = node;
  const isReply = message.subjectPattern === '_INBOX.>';
  return {
    lines: [
      {
        text: [
          segment(isReply ? '↩ ' : '● ', 'accent'),
          segment(isReply ? 'reply' : message.subject, 'strong'),
          segment(message.isRequest ? '  request' : '', 'dim'),
          incomplete(message.missingHops),
          segment(message.id === options.selected ? '  ◀ asked for' : '', 'accent'),
        ],
        figure: message.total === null ? segment('?', 'dim') : duration(message.total),
        verdict: fateWord(message.outcome),
      },
      publishLine(message),
      ...hopLines(message),
      ...logLines(node.logs, options),
    ],
    children: node.deliveries.map((delivery) => deliveryBranch(delivery, options)),
  };
}

/** Servers that did not report may have stored it or handed it to more consumers. */
const incomplete = (missingHops: readonly string[]): Segment =>
  segment(missingHops.length > 0 ? '  incomplete' : '', 'warning');

function publishLine(message: MessageResponse): TreeLine {
  const verb = message.isRequest ? 'request' : 'publish';
  const at = message.streamSequence === '' ? '' : ` #${message.streamSequence}`;
  const stored = message.stream === '' ? [] : [[segment(`${message.stream}${at}`)]];
  const key = message.messageKey === '' ? [] : [[segment(`id ${message.messageKey}`, 'dim')]];
  return {
    text: [label(verb)],
    items: [[segment(`by ${message.producer}`)], ...stored, ...key],
    figure: duration(message.publishDuration),
    verdict: message.publishStatus === 'ERROR' ? segment('error', 'bad') : segment(''),
  };
}

function deliveryBranch({ delivery, attempts }: DeliveryNode, options: BranchOptions): Branch {
  const isRepeated = attempts.length > 1;
  const why = isPlain(delivery.fate) || delivery.fateEvidence === '' ? [] : [whyLine(delivery)];
  const only = isRepeated ? undefined : attempts[0];
  return {
    lines: [
      {
        text: [
          segment('▸ ', 'accent'),
          segment(delivery.service || '(unknown service)', 'strong'),
          segment(source(delivery), 'dim'),
          segment(isRepeated ? `  ${attempts.length} attempts` : ''),
        ],
        verdict: fateWord(delivery.fate),
      },
      ...why,
      ...(only ? attemptLines(only, options) : []),
    ],
    children: only
      ? only.children.map((child) => pathBranch(child, options))
      : attempts.map((attempt) => attemptBranch(attempt, options)),
  };
}

const isPlain = (fate: string): boolean => fate === 'processed' || fate === 'in-flight';

function source({ consumer, queueGroup }: { consumer: string; queueGroup: string }): string {
  if (consumer !== '') return `  consumer ${consumer}`;
  return queueGroup === '' ? '' : `  queue group ${queueGroup}`;
}

const whyLine = ({ fateEvidence }: { fateEvidence: string }): TreeLine => ({
  text: [label('why'), segment(fateEvidence)],
});

function attemptBranch(node: AttemptNode, options: BranchOptions): Branch {
  return {
    lines: [
      {
        text: [segment(`attempt ${node.attempt.number}`)],
        figure: duration(node.attempt.duration),
        verdict: disposition(node.attempt),
      },
      ...attemptDetails(node, options),
    ],
    children: node.children.map((child) => pathBranch(child, options)),
  };
}

function attemptLines(node: AttemptNode, options: BranchOptions): TreeLine[] {
  const [first, ...rest] = attemptDetails(node, options);
  const isSettled = node.attempt.disposition !== '' || node.attempt.status === 'ERROR';
  if (!first || !isSettled) return attemptDetails(node, options);
  return [{ ...first, verdict: disposition(node.attempt) }, ...rest];
}

function attemptDetails(node: AttemptNode, options: BranchOptions): TreeLine[] {
  const { attempt, logs, replies } = node;
  const stages = attempt.stages.map(stageWords);
  const error = attempt.error === '' ? [] : [segment(attempt.error, 'bad')];
  return [
    ...(stages.length > 0 ? [{ text: [label('stages')], items: stages }] : []),
    ...(error.length > 0 ? [{ text: [label('error'), ...error] }] : []),
    ...replies.map(replyLine),
    ...logLines(logs, options),
  ];
}

function replyLine({ span, hops }: Reply): TreeLine {
  const servers = hops.map(({ server }) => server).join(' → ');
  return {
    text: [label('reply'), segment(servers === '' ? 'sent' : `over ${servers}`)],
    figure: duration(span.duration),
  };
}

const DISPOSITION_STYLE: Record<string, Style> = {
  ack: 'good',
  ack_confirmed: 'good',
  nak: 'warning',
  term: 'bad',
  in_progress: 'busy',
};

function disposition(attempt: Attempt): Segment {
  const { disposition: word, status } = attempt;
  if (word !== '') return segment(word.replaceAll('_', ' '), DISPOSITION_STYLE[word] ?? 'plain');
  return status === 'ERROR' ? segment('error', 'bad') : segment('');
}

const SEVERITY_ERROR = 17;
const SEVERITY_WARN = 13;

function logLines(logs: readonly LogRecord[], { showLogs }: BranchOptions): TreeLine[] {
  return showLogs ? logs.map(logLine) : [];
}

export function logLine(log: LogRecord): TreeLine {
  const { severityNumber: level } = log;
  const style = level >= SEVERITY_ERROR ? 'bad' : level >= SEVERITY_WARN ? 'warning' : 'dim';
  return { text: [segment(`${log.severity.toLowerCase().padEnd(8)} `, style), segment(log.body)] };
}

const duration = (ns: string): Segment => segment(formatDuration(BigInt(ns)));
