import { type FieldReader, fixed64 } from './field-reader.ts';

/** Why one span, log record or data point is not taken; the rest of its request is. */
export const REJECT_REASONS = [
  'invalid trace id',
  'invalid span id',
  'invalid parent span id',
  'invalid link',
  'no time',
  'older than the retention',
  'too far in the future',
  'kind of metric not supported',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Times that are taken, Unix ns as doubles. */
export interface TimeWindow {
  oldestNs: number;
  newestNs: number;
}

/**
 * Judges the item at `reader.start .. reader.end`, whose structure is known to be sound. Moves the
 * reader. Null: take it.
 */
export type ItemVerdict = (reader: FieldReader, window: TimeWindow) => RejectReason | null;

/** trace_id 1, span_id 2, parent_span_id 4, start_time 7, end_time 8, links 13. */
export const spanVerdict: ItemVerdict = (reader, window) => {
  const { bytes, end: itemEnd } = reader;
  let traceId = false;
  let spanId = false;
  let startNs = 0;
  let endNs = 0;
  for (let pos = reader.start; pos < itemEnd; ) {
    reader.next(pos, itemEnd);
    const { start, end } = reader;
    pos = end;
    switch (reader.field) {
      case 1:
        traceId = end - start === 16 && !isZero(bytes, start, end);
        break;
      case 2:
        spanId = end - start === 8 && !isZero(bytes, start, end);
        break;
      case 4:
        if (end !== start && end - start !== 8) return 'invalid parent span id';
        break;
      case 7:
        startNs = fixed64(bytes, start);
        break;
      case 8:
        endNs = fixed64(bytes, start);
        break;
      case 13:
        if (!isLink(reader)) return 'invalid link';
        break;
    }
  }
  if (!traceId) return 'invalid trace id';
  if (!spanId) return 'invalid span id';
  if (endNs > window.newestNs) return 'too far in the future';
  return timeVerdict(startNs, window);
};

/** time 1, trace_id 9, span_id 10, observed_time 11. A record outside a span has no ids. */
export const logVerdict: ItemVerdict = (reader, window) => {
  const { bytes, end: itemEnd } = reader;
  let timeNs = 0;
  let observedNs = 0;
  for (let pos = reader.start; pos < itemEnd; ) {
    reader.next(pos, itemEnd);
    const { start, end } = reader;
    pos = end;
    switch (reader.field) {
      case 1:
        timeNs = fixed64(bytes, start);
        break;
      case 9:
        if (end !== start && end - start !== 16) return 'invalid trace id';
        break;
      case 10:
        if (end !== start && end - start !== 8) return 'invalid span id';
        break;
      case 11:
        observedNs = fixed64(bytes, start);
        break;
    }
  }
  return timeVerdict(timeNs === 0 ? observedNs : timeNs, window);
};

/** time 3. The start time may be as old as the process that counts. */
export const pointVerdict: ItemVerdict = (reader, window) => {
  const { bytes, end: itemEnd } = reader;
  let timeNs = 0;
  for (let pos = reader.start; pos < itemEnd; pos = reader.end) {
    reader.next(pos, itemEnd);
    if (reader.field === 3) timeNs = fixed64(bytes, reader.start);
  }
  return timeVerdict(timeNs, window);
};

/** Summaries: the store has no place for them, so none is said to be kept. */
export const unsupportedVerdict: ItemVerdict = () => 'kind of metric not supported';

function timeVerdict(timeNs: number, window: TimeWindow): RejectReason | null {
  if (timeNs === 0) return 'no time';
  if (timeNs < window.oldestNs) return 'older than the retention';
  return timeNs > window.newestNs ? 'too far in the future' : null;
}

/** Link at `reader.start .. reader.end`: trace_id 1, span_id 2. */
function isLink(reader: FieldReader): boolean {
  const linkEnd = reader.end;
  let traceId = false;
  let spanId = false;
  for (let pos = reader.start; pos < linkEnd; pos = reader.end) {
    reader.next(pos, linkEnd);
    if (reader.field === 1) traceId = reader.end - reader.start === 16;
    if (reader.field === 2) spanId = reader.end - reader.start === 8;
  }
  return traceId && spanId;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
