import { type HopRow, parseTraceparent, type TraceParent } from '@hopline/model';
import {
  type Fields,
  fieldsAt,
  integerAt,
  isFields,
  listAt,
  parseFields,
  textAt,
  timeAt,
  uint64At,
} from './fields.ts';

/** Why a message on the trace subject became no row. */
export type TraceEventRefusal = 'not JSON' | 'not a trace event' | 'no traceparent';
export type DecodedTraceEvent = { row: HopRow } | { refused: TraceEventRefusal };

/** Connection kinds as nats-server numbers them (server/client.go). */
const KINDS = ['client', 'router', 'gateway', 'system', 'leaf', 'jetstream', 'account'] as const;

const MAX_HOPS = 1000;
const MAX_UINT32 = 0xffff_ffff;
/** Headers whose values say how the message travelled; all others may hold the user's secrets. */
const KEPT_HEADER =
  /^([tx]race(parent|state)|[nx]ats-.*|content-(type|encoding)|accept-encoding)$/i;

/**
 * One `MsgTraceEvent` of nats-server's message tracing (ADR-41, since 2.11): what one server did with
 * one message. Never throws.
 */
export function decodeTraceEvent(text: string): DecodedTraceEvent {
  const event = parseFields(text);
  if (!event) return { refused: 'not JSON' };
  const events = listAt(event, 'events');
  const ingress = events.find((item) => item.type === 'in');
  const time = ingress && timeAt(ingress, 'ts');
  if (!ingress || !time || !isFields(event.server)) return { refused: 'not a trace event' };
  const request = fieldsAt(event, 'request');
  const header = fieldsAt(request, 'header');
  const parent = traceParent(header);
  if (!parent) return { refused: 'no traceparent' };

  const server = event.server;
  const stored = events.find((item) => item.type === 'js');
  const egresses = events.filter((item) => item.type === 'eg');
  const hop = ownHop(ingress, header);
  return {
    row: {
      time,
      trace_id: parent.traceId,
      span_id: parent.spanId,
      server_id: textAt(server, 'id'),
      server_name: textAt(server, 'name'),
      cluster: textAt(server, 'cluster'),
      domain: textAt(server, 'domain'),
      version: textAt(server, 'ver'),
      hop,
      expects: expectedHops(hop, integerAt(event, 'hops', { max: MAX_HOPS }), egresses),
      ingress_kind: kindAt(ingress),
      ingress_cid: uint64At(ingress, 'cid'),
      ingress_name: textAt(ingress, 'name'),
      account: textAt(ingress, 'acc'),
      subject: textAt(ingress, 'subj'),
      size_bytes: integerAt(request, 'msgsize', { max: MAX_UINT32 }),
      error: textAt(ingress, 'error'),
      ...storeLeg(stored),
      ...changes(events),
      egress_kind: egresses.map(kindAt),
      egress_time: egresses.map((item) => timeAt(item, 'ts') ?? '0'),
      egress_cid: egresses.map((item) => uint64At(item, 'cid')),
      egress_name: egresses.map((item) => textAt(item, 'name')),
      egress_hop: egresses.map((item) => textAt(item, 'hop')),
      egress_account: egresses.map((item) => textAt(item, 'acc')),
      egress_subscription: egresses.map((item) => textAt(item, 'sub')),
      egress_queue: egresses.map((item) => textAt(item, 'queue')),
      egress_error: egresses.map((item) => textAt(item, 'error')),
      raw: rawWithoutSecrets(event, text),
    },
  };
}

/** `ts` of a `js` event is written just before the store: its time counts only when it was stored. */
function storeLeg(stored: Fields | undefined) {
  if (!stored) return { stream: '', store_time: '0', store_error: '' };
  const error = textAt(stored, 'error');
  const kept = error === '' && stored.nointerest !== true;
  return {
    stream: textAt(stored, 'stream'),
    store_time: kept ? (timeAt(stored, 'ts') ?? '0') : '0',
    store_error: error === '' && !kept ? 'no interest' : error,
  };
}

/** Event types that change subject or account, by the name that a row gives them. */
const CHANGES: Record<string, string> = {
  sm: 'mapping',
  se: 'stream-export',
  si: 'service-import',
};

function changes(events: Fields[]) {
  const found = events.filter((item) => CHANGES[textAt(item, 'type')] !== undefined);
  return {
    change_kind: found.map((item) => CHANGES[textAt(item, 'type')] ?? ''),
    change_time: found.map((item) => timeAt(item, 'ts') ?? '0'),
    change_account: found.map((item) => textAt(item, 'acc')),
    change_from: found.map((item) => textAt(item, 'from')),
    change_to: found.map((item) => textAt(item, 'to')),
  };
}

/**
 * Only servers number hops. Messages are delivered with the header of the last one, and an application
 * that copies headers publishes it again: from a client it means nothing.
 */
function ownHop(ingress: Fields, header: Fields): string {
  const fromServer = ['router', 'gateway', 'leaf'].includes(kindAt(ingress));
  return fromServer ? (headerValues(header, 'nats-trace-hop')[0] ?? '') : '';
}

/**
 * Hop ids of the servers that must report too. `hops` counts every message sent to another server,
 * numbered from 1 below this server's own hop; an egress that failed after it may be missing the id.
 */
function expectedHops(own: string, count: number, egresses: Fields[]): string[] {
  const prefix = own === '' ? '' : `${own}.`;
  const expected = new Set<string>();
  for (let number = 1; number <= count; number++) expected.add(`${prefix}${number}`);
  for (const egress of egresses) {
    const hop = textAt(egress, 'hop');
    if (hop !== '') expected.add(hop);
  }
  return [...expected];
}

function kindAt(event: Fields): string {
  return KINDS[integerAt(event, 'kind', { otherwise: -1 })] ?? '';
}

/**
 * The creation context: exact `traceparent` first, then any letter case, then `Xraceparent`, which
 * servers 2.11 and 2.12 write in its place.
 */
function traceParent(header: Fields): TraceParent | null {
  const candidates = [
    ...valuesOf(header.traceparent),
    ...headerValues(header, 'traceparent'),
    ...headerValues(header, 'xraceparent'),
  ];
  for (const candidate of candidates) {
    const parent = parseTraceparent(candidate);
    if (parent) return parent;
  }
  return null;
}

function headerValues(header: Fields, name: string): string[] {
  return Object.keys(header)
    .filter((key) => key.toLowerCase() === name)
    .flatMap((key) => valuesOf(header[key]));
}

function valuesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The event as it came, except for header values that are the user's own business. */
function rawWithoutSecrets(event: Fields, text: string): string {
  const request = fieldsAt(event, 'request');
  const header = fieldsAt(request, 'header');
  const keys = Object.keys(header);
  if (keys.every((key) => KEPT_HEADER.test(key))) return text;
  const shown = Object.fromEntries(
    keys.map((key) => [key, KEPT_HEADER.test(key) ? header[key] : ['(not kept)']]),
  );
  return JSON.stringify({ ...event, request: { ...request, header: shown } });
}
