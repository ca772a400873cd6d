import type { Hop, Span, TraceResponse } from '@hopline/model/api';

/** One line of the waterfall: a span, or a server that a message passed. */
export interface Row {
  /** `<trace id>-<span id>` of a span; `hop:…` of a server. Unique in a tree. */
  key: string;
  depth: number;
  /** Rows below this one that hide with it. */
  descendants: number;
  /** Milliseconds since the start of the tree; fractions keep the nanoseconds. */
  startMs: number;
  durationMs: number;
  /** How the row hangs on the one above it: by parent, by link only, or not at all. */
  attachment: 'root' | 'parent' | 'link' | 'missing parent';
  isError: boolean;
  /** An error somewhere below: shown while the row is collapsed. */
  hasErrorBelow: boolean;
  item: { kind: 'span'; span: Span } | { kind: 'hop'; hop: Hop };
}

export interface SpanTree {
  /** Depth first; brothers in order of their start. */
  rows: readonly Row[];
  /** Place of a span's row by its key. */
  indexOf: ReadonlyMap<string, number>;
  /** Keys of the spans that link to a span, by that span's key. */
  linkedFrom: ReadonlyMap<string, readonly string[]>;
  startNs: bigint;
  durationMs: number;
}

export const spanKey = (span: { traceId: string; spanId: string }): string =>
  `${span.traceId}-${span.spanId}`;

interface Draft {
  item: Row['item'];
  key: string;
  startMs: number;
  durationMs: number;
  isError: boolean;
  attachment: Row['attachment'];
  children: Draft[];
}

/**
 * The tree of a trace. A consumer that only links to its message hangs under the publish span, and
 * may start long after it ended. Parents that are missing or that run in a circle (broken data) make
 * roots: no span is ever lost, and the walk ends for any input.
 */
export function buildSpanTree(trace: TraceResponse): SpanTree {
  const startNs = earliest(trace);
  const drafts = new Map<string, Draft>();
  for (const span of trace.spans) drafts.set(spanKey(span), spanDraft(span, startNs));
  const roots = attach(drafts);
  for (const [index, hop] of trace.hops.entries()) {
    const draft = hopDraft(hop, startNs, index);
    const publish = drafts.get(spanKey(hop));
    if (publish) publish.children.push(draft);
    else roots.push(draft);
  }
  const rows = flatten(roots, drafts);
  return {
    rows,
    indexOf: new Map(rows.map((row, index) => [row.key, index])),
    linkedFrom: backLinks(trace.spans),
    startNs,
    durationMs: rows.reduce((end, row) => Math.max(end, row.startMs + row.durationMs), 0),
  };
}

function earliest(trace: TraceResponse): bigint {
  let start: bigint | null = null;
  for (const { start: text } of trace.spans) {
    const at = BigInt(text);
    if (start === null || at < start) start = at;
  }
  for (const hop of trace.hops) {
    const at = BigInt(hop.time);
    if (start === null || at < start) start = at;
  }
  return start ?? BigInt(trace.start);
}

function spanDraft(span: Span, startNs: bigint): Draft {
  return {
    item: { kind: 'span', span },
    key: spanKey(span),
    startMs: Number(BigInt(span.start) - startNs) / 1e6,
    durationMs: Math.max(0, Number(span.duration) / 1e6),
    isError: span.status === 'ERROR',
    attachment: 'root',
    children: [],
  };
}

function hopDraft(hop: Hop, startNs: bigint, index: number): Draft {
  const at = BigInt(hop.time);
  let end = hop.storeTime === null ? at : BigInt(hop.storeTime);
  for (const egress of hop.egresses) {
    const out = BigInt(egress.time);
    if (out > end) end = out;
  }
  return {
    item: { kind: 'hop', hop },
    key: `hop:${spanKey(hop)}:${hop.serverId || hop.server}:${hop.hop}:${index}`,
    startMs: Number(at - startNs) / 1e6,
    durationMs: Math.max(0, Number(end - at) / 1e6),
    isError:
      hop.error !== '' ||
      hop.storeError !== '' ||
      hop.egresses.some((egress) => egress.error !== ''),
    attachment: 'parent',
    children: [],
  };
}

/** Hangs every span under its parent, or under the span it links to; gives back the others. */
function attach(drafts: ReadonlyMap<string, Draft>): Draft[] {
  const roots: Draft[] = [];
  for (const draft of drafts.values()) {
    if (draft.item.kind !== 'span') continue;
    const { span } = draft.item;
    const parent =
      span.parentSpanId === null
        ? undefined
        : drafts.get(spanKey({ traceId: span.traceId, spanId: span.parentSpanId }));
    const linked = parent ? undefined : firstLinked(span, drafts);
    const above = parent ?? linked;
    if (above && above !== draft) {
      draft.attachment = parent ? 'parent' : 'link';
      above.children.push(draft);
    } else {
      draft.attachment = span.parentSpanId === null ? 'root' : 'missing parent';
      roots.push(draft);
    }
  }
  return roots;
}

function firstLinked(span: Span, drafts: ReadonlyMap<string, Draft>): Draft | undefined {
  for (const link of span.links) {
    const found = drafts.get(spanKey(link));
    if (found) return found;
  }
  return undefined;
}

/** Depth first without recursion: a chain of 10,000 spans must not overflow the stack. */
function flatten(roots: Draft[], drafts: ReadonlyMap<string, Draft>): Row[] {
  const rows: Row[] = [];
  const seen = new Set<Draft>();
  walk(roots, rows, seen);
  // What no root reaches runs in a circle. The earliest of it becomes a root, until nothing is left.
  for (const draft of [...drafts.values()].sort(byStart)) {
    if (!seen.has(draft)) walk([{ ...draft, attachment: 'missing parent' }], rows, seen.add(draft));
  }
  fillBelow(rows);
  return rows;
}

function walk(roots: Draft[], rows: Row[], seen: Set<Draft>): void {
  const stack = [...roots]
    .sort(byStart)
    .reverse()
    .map((draft) => ({ draft, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { draft, depth } = next;
    seen.add(draft);
    const { children, ...rest } = draft;
    rows.push({ ...rest, depth, descendants: 0, hasErrorBelow: false });
    for (const child of [...children].sort(byStart).reverse()) {
      if (!seen.has(child)) stack.push({ draft: child, depth: depth + 1 });
    }
  }
}

/** Counts what is below each row, and whether an error is there, from the last row up. */
function fillBelow(rows: Row[]): void {
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const row = rows[index] as Row;
    let below = index + 1;
    while (below < rows.length && (rows[below] as Row).depth > row.depth) {
      const child = rows[below] as Row;
      row.hasErrorBelow ||= child.isError || child.hasErrorBelow;
      below += 1 + child.descendants;
    }
    row.descendants = below - index - 1;
  }
}

/** Hops first among equals: a server took the message before anything that it caused. */
function byStart(a: Draft, b: Draft): number {
  return a.startMs - b.startMs || Number(a.item.kind === 'span') - Number(b.item.kind === 'span');
}

function backLinks(spans: readonly Span[]): Map<string, string[]> {
  const from = new Map<string, string[]>();
  for (const span of spans) {
    for (const link of span.links) {
      const key = spanKey(link);
      const known = from.get(key);
      if (known) known.push(spanKey(span));
      else from.set(key, [spanKey(span)]);
    }
  }
  return from;
}
