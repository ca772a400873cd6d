import type { Stage } from '@hopline/model';
import type { Attempt, Delivery, MessageSummary, StageView } from '@hopline/model/api';
import type { AttemptPath, DeliveryPath } from '../insight/delivery-path.ts';
import { errorText } from '../insight/fate.ts';
import type { MessagePath } from '../insight/message-path.ts';
import { spanKey } from '../insight/span-index.ts';

/** One line of the list. */
export function summaryView({ publish, deliveries, ...path }: MessagePath): MessageSummary {
  return {
    id: spanKey(publish),
    traceId: publish.trace_id,
    time: publish.start,
    subject: publish.subject,
    subjectPattern: publish.subject_pattern,
    producer: publish.service,
    consumers: deliveries.map(consumerView),
    total: path.total === null ? null : String(path.total),
    outcome: path.outcome,
    stream: path.stream,
    streamSequence: path.streamSequence,
    messageKey: publish.message_key,
    sizeBytes: publish.body_size === 0 ? null : publish.body_size,
    isRequest: publish.operation_name === 'request',
  };
}

export function deliveryView(delivery: DeliveryPath): Delivery {
  return {
    ...consumerView(delivery),
    attemptList: delivery.attempts.map(attemptView),
    fateEvidence: delivery.fateEvidence,
    evidence: delivery.evidence,
  };
}

const consumerView = (delivery: DeliveryPath): MessageSummary['consumers'][number] => ({
  service: delivery.service,
  consumer: delivery.consumer,
  queueGroup: delivery.queueGroup,
  attempts: delivery.attemptCount,
  fate: delivery.fate,
});

function attemptView({ number, handler, settlement, stages }: AttemptPath): Attempt {
  return {
    number,
    traceId: handler.trace_id,
    spanId: handler.span_id,
    start: handler.start,
    duration: handler.duration_ns,
    status: handler.status,
    error: handler.status === 'ERROR' ? errorText(handler) : '',
    disposition: settlement?.disposition ?? handler.disposition,
    stages: stages.map(stageView),
  };
}

function stageView({ name, merged, duration, provenance, raw }: Stage): StageView {
  return {
    name,
    ...(merged ? { merged } : {}),
    duration: duration === null ? null : String(duration),
    provenance,
    ...(raw === undefined ? {} : { raw: String(raw) }),
  };
}
