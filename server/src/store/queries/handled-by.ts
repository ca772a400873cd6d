/*
 * Conditions on publish spans, made of conditions on the spans that refer to them. A handler counts
 * whenever it came: its span has no upper bound in time, only the message has. They need {handledSince:Int64}.
 */
const SINCE = "spans.start >= fromUnixTimestamp64Nano({handledSince:Int64}, 'UTC')";
/** SQL: sequences of the messages that a batch's links are about, in step with the links. */
export const LINK_SEQUENCES =
  "arrayMap(a -> toUInt64OrZero(a['messaging.nats.stream.sequence']), links.attributes)";

/** Messages that a fitting span refers to: a handler by parent or link, a receive span by link. */
export const receivedBy = (condition: string): string => isAny(referredTo(condition));

/**
 * Messages that a fitting handler refers to: by parent, by link, or, as insight/span-index.ts finds them,
 * through the receive span above it: by the link with its own sequence, or the only one.
 */
export const handledBy = (condition: string): string =>
  isAny(`${referredTo(condition)}
    UNION ALL SELECT batch.link.1, batch.link.2
    FROM (SELECT spans.trace_id AS in_trace, parent_span_id AS in_span, stream_seq FROM spans
      WHERE kind = 'CONSUMER' AND empty(links.trace_id) AND (${condition}) AND ${SINCE}) AS handler
    INNER JOIN (SELECT spans.trace_id AS in_trace, spans.span_id AS in_span,
        length(links.trace_id) AS links_count,
        arrayJoin(arrayZip(links.trace_id, links.span_id, ${LINK_SEQUENCES})) AS link
      FROM spans WHERE operation_type = 'receive' AND notEmpty(links.trace_id) AND ${SINCE}) AS batch
      ON handler.in_trace = batch.in_trace AND handler.in_span = batch.in_span
    WHERE links_count = 1 OR (batch.link.3 = stream_seq AND stream_seq > 0)`);

const referredTo = (condition: string): string => `
    SELECT spans.trace_id, spans.parent_span_id FROM spans
    WHERE kind = 'CONSUMER' AND (${condition}) AND ${SINCE}
    UNION ALL SELECT links.trace_id, links.span_id FROM spans ARRAY JOIN links
    WHERE (kind = 'CONSUMER' OR operation_type = 'receive') AND (${condition}) AND ${SINCE}`;

const isAny = (contexts: string): string => `(spans.trace_id, spans.span_id) IN (${contexts})`;
