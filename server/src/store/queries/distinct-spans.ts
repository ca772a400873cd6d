/**
 * SQL: how many spans, each once however often its batch was delivered. Exact up to 65,536 of a group,
 * within about 1 % above.
 */
export const distinctSpans = (span = 'span_id'): string => `uniq(reinterpretAsUInt64(${span}))`;

/** The same of those for which `condition` holds. */
export const distinctSpansIf = (condition: string, span = 'span_id'): string =>
  `uniqIf(reinterpretAsUInt64(${span}), ${condition})`;
