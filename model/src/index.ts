export { ATTR, MESSAGING_SYSTEM, type OperationType } from './attributes.ts';
export { FATES, type Fate, isLost, LOST_FATES, worstFate } from './fate.ts';
export {
  type MessageId,
  messageId,
  parseMessageId,
  parseSpanId,
  parseTraceId,
  parseTraceparent,
  type SpanId,
  type TraceId,
  type TraceParent,
} from './ids.ts';
export { type DiffedLine, lineDiff } from './line-diff.ts';
export {
  type AdvisoryRow,
  type AssetRow,
  type ClusterEventRow,
  type HopRow,
  SIGNALS,
  type Signal,
} from './rows.ts';
export { type Provenance, STAGES, type Stage, type StageName } from './stages.ts';
export {
  INTERNAL_PREFIXES,
  isInternalSubject,
  isPattern,
  subjectMatches,
  subjectPattern,
  VARYING_TOKEN,
} from './subjects.ts';
export {
  type DurationNs,
  durationMs,
  durationNs,
  elapsed,
  formatDuration,
  formatRfc3339,
  parseDurationNs,
  parseRfc3339,
  type UnixNs,
  unixMs,
  unixNs,
  unixNsFromMs,
} from './time.ts';
