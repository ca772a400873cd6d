import type {
  Attempt,
  Delivery,
  Hop,
  LogRecord,
  MessageResponse,
  Span,
  TraceResponse,
} from '@hopline/model/api';

/** Builders for the tests of this folder: only what a test is about has to be said. */

export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
/** 2026-01-02 03:04:05.000 UTC. */
const START_MS = 1_767_323_045_000;

/** A point in time, in ms since the start of the trace. */
export const at = (ms: number): string => String(BigInt(START_MS) * 1_000_000n + ns(ms));
export const lasting = (ms: number): string => String(ns(ms));
const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** A span id from a small number. */
export const spanId = (number: number): string => number.toString(16).padStart(16, '0');
export const messageId = (span: number): string => `${TRACE_ID}-${spanId(span)}`;

export function span(id: number, parent: number | null, given: Partial<Span>): Span {
  return {
    traceId: TRACE_ID,
    spanId: spanId(id),
    parentSpanId: parent === null ? null : spanId(parent),
    name: 'span',
    kind: 'INTERNAL',
    service: 'gateway',
    instance: '',
    start: at(0),
    duration: lasting(1),
    status: 'UNSET',
    statusMessage: '',
    scope: '',
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...given,
  };
}

/** The span of a publish or of a handler: what the tree is built from besides HTTP. */
export const messagingSpan = (id: number, parent: number | null, service: string): Span =>
  span(id, parent, { service, attributes: { 'messaging.system': 'nats' } });

export function attempt(id: number, given: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    traceId: TRACE_ID,
    spanId: spanId(id),
    start: at(5),
    duration: lasting(4),
    status: 'UNSET',
    error: '',
    disposition: '',
    stages: [],
    ...given,
  };
}

export function delivery(service: string, given: Partial<Delivery> = {}): Delivery {
  const attemptList = given.attemptList ?? [];
  return {
    service,
    consumer: '',
    queueGroup: '',
    attempts: attemptList.length,
    fate: 'processed',
    attemptList,
    fateEvidence: '',
    evidence: ['client spans'],
    ...given,
  };
}

export function message(
  publishSpan: number,
  subject: string,
  given: Partial<MessageResponse>,
): MessageResponse {
  return {
    id: messageId(publishSpan),
    traceId: TRACE_ID,
    time: at(2),
    subject,
    subjectPattern: subject,
    producer: 'gateway',
    consumers: [],
    total: lasting(40),
    outcome: 'processed',
    stream: '',
    streamSequence: '',
    messageKey: '',
    sizeBytes: 120,
    isRequest: false,
    publishSpanId: spanId(publishSpan),
    publishDuration: lasting(2),
    publishStatus: 'UNSET',
    hops: [],
    missingHops: [],
    storeTime: null,
    deliveries: [],
    advisories: [],
    logs: [],
    causedBy: null,
    causes: [],
    ...given,
  };
}

export function hop(server: string, id: string, given: Partial<Hop> = {}): Hop {
  return {
    traceId: TRACE_ID,
    spanId: spanId(2),
    server,
    serverId: server.toUpperCase(),
    cluster: 'hub',
    domain: '',
    version: '2.15.1',
    hop: id,
    expects: [],
    ingressKind: id === '' ? 'client' : 'router',
    ingressName: '',
    account: 'APP',
    subject: 'orders.created',
    sizeBytes: 120,
    time: at(2.5),
    error: '',
    stream: '',
    storeTime: null,
    storeError: '',
    changes: [],
    egresses: [],
    ...given,
  };
}

export const egress = (kind: string, name: string, queue = ''): Hop['egresses'][number] => ({
  kind,
  time: at(2.6),
  connectionId: '7',
  name,
  hop: '',
  account: '',
  subscription: '',
  queue,
  error: '',
});

export const log = (span: number | null, severity: string, body: string): LogRecord => ({
  time: at(3),
  service: 'gateway',
  severity,
  severityNumber: severity === 'ERROR' ? 17 : severity === 'WARN' ? 13 : 9,
  body,
  traceId: TRACE_ID,
  spanId: span === null ? null : spanId(span),
  attributes: {},
});

export function trace(given: Partial<TraceResponse>): TraceResponse {
  return {
    traceId: TRACE_ID,
    start: at(0),
    duration: lasting(900),
    spans: [],
    logs: [],
    hops: [],
    serverSpans: [],
    missingHops: [],
    advisories: [],
    messageIds: [],
    truncated: false,
    ...given,
  };
}
