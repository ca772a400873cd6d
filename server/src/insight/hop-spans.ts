import { createHash } from 'node:crypto';
import { ATTR, MESSAGING_SYSTEM } from '@hopline/model';
import type { HopHead } from '../store/store.ts';
import { type HopTree, nameOf, parentHop } from './hops.ts';

/** A span made of a server's trace event. Times are Unix ns of that server's clock, as strings. */
export interface HopSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  start: string;
  /** ns, never negative. */
  duration: string;
  /** '' when all went well. */
  error: string;
  resource: Record<string, string>;
  attributes: Record<string, string>;
  events: { time: string; name: string; attributes: Record<string, string> }[];
}

/** `service.name` of every span that is made of a trace event. */
export const SERVER_SERVICE = 'nats-server';

/** Instrumentation scope of those spans. */
export const SERVER_SCOPE = 'hopline/nats-server';

/** The event tells by name from whom the server had the message: that is how a child finds its parent. */
type Place = Pick<HopHead, 'trace_id' | 'span_id'>;

/**
 * Span id of what one server did with one message: 8 bytes of a hash over the message, the hop id and
 * the server's name, so that a replayed event makes the same span and a child knows its parent's id
 * without having seen it. `part` tells the spans of one event apart.
 */
function spanIdOf(place: Place, at: { hop: string; server: string; part?: string }): string {
  const { hop, server, part = '' } = at;
  const text = JSON.stringify([place.trace_id, place.span_id, hop, server, part]);
  const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return /^0+$/.test(id) ? `${id.slice(1)}1` : id;
}

/**
 * One trace event as spans: the server's own, one of its store and one of each hand-over to a client
 * connection. Needs no other event: order, duplicates and gaps among events change nothing.
 */
export function hopSpans(row: HopHead): HopSpan[] {
  const own = serverSpan(row);
  const below = { ...own, parentSpanId: own.spanId, events: [] };
  const part = (name: string): string =>
    spanIdOf(row, { hop: row.hop, server: row.server_name, part: name });
  const spans = [own];
  if (row.stream !== '') {
    const end = row.store_time === '0' ? row.time : row.store_time;
    spans.push({
      ...below,
      spanId: part(`store ${row.stream}`),
      name: `store ${row.stream}`,
      duration: since(row.time, end),
      error: row.store_error,
      attributes: { ...own.attributes, [ATTR.stream]: row.stream },
    });
  }
  for (const [index, kind] of row.egress_kind.entries()) {
    const subscription = row.egress_subscription[index] ?? '';
    if (kind !== 'client' || subscription === '') continue;
    const cid = row.egress_cid[index] ?? '';
    const name = row.egress_name[index] ?? '';
    const queue = row.egress_queue[index] ?? '';
    spans.push({
      ...below,
      spanId: part(`deliver ${cid} ${subscription} ${queue}`),
      name: `deliver ${subscription}`,
      duration: since(row.time, row.egress_time[index] ?? '0'),
      error: row.egress_error[index] ?? '',
      attributes: given({
        ...own.attributes,
        [ATTR.connectionId]: cid,
        [ATTR.connectionName]: name,
        [ATTR.subscription]: subscription,
        [ATTR.consumerGroup]: queue,
        [ATTR.account]: row.egress_account[index] || row.account,
      }),
    });
  }
  return spans;
}

/**
 * The spans of one message, joined. A hop that was announced and did not report is a span of no length
 * that says so, and the server that announced it is marked incomplete: a branch never just ends.
 */
export function messageHopSpans(tree: HopTree): HopSpan[] {
  const [first] = tree.hops;
  if (!first) return [];
  const told = tree.hops.flatMap((row) => {
    const [own, ...parts] = hopSpans(row) as [HopSpan, ...HopSpan[]];
    const attributes = { ...own.attributes, ...behind(row, rowAbove(row, tree)) };
    if (tree.missing.some((hop) => announcerOf(hop, tree) === row)) {
      attributes[ATTR.incomplete] = 'true';
    }
    return [{ ...own, parentSpanId: parentIdOf(row, tree), attributes }, ...parts];
  });
  return [...told, ...tree.missing.map((hop) => missingSpan(hop, tree, first))];
}

/** As `serverSpan` derives it where all reported, else what stands in the place of the silent one. */
function parentIdOf(row: HopHead, tree: HopTree): string {
  if (row.hop === '') return row.span_id;
  const above = parentHop(row.hop);
  const silent = [row.hop, above].find(
    (hop) => tree.missing.includes(hop) && row.ingress_name === nameOfMissing(hop, tree),
  );
  const parent = rowAbove(row, tree);
  const isNamed = parent?.server_name === row.ingress_name;
  if (silent !== undefined && !isNamed) return missingId(silent, tree, row);
  return parent ? spanIdOf(parent, ownPlace(parent)) : missingId(above, tree, row);
}

/** The row of the server that this one has the message from; its name tells between several. */
function rowAbove(row: HopHead, { hops }: HopTree): HopHead | undefined {
  if (row.hop === '') return undefined;
  const above = hops.filter(({ hop }) => hop === parentHop(row.hop));
  return above.find(({ server_name }) => server_name === row.ingress_name) ?? above[0];
}

const announcerOf = (hop: string, { hops }: HopTree): HopHead | undefined =>
  hops.find((row) => row.expects.includes(hop));

function serverSpan(row: HopHead): HopSpan {
  const times = [row.store_time, ...row.egress_time, ...row.change_time];
  const parent = { hop: parentHop(row.hop), server: row.ingress_name };
  return {
    traceId: row.trace_id,
    spanId: spanIdOf(row, ownPlace(row)),
    parentSpanId: row.hop === '' ? row.span_id : spanIdOf(row, parent),
    name: `server ${row.server_name}`,
    start: row.time,
    duration: times.map((time) => since(row.time, time)).reduce(longer, '0'),
    error: row.error,
    resource: given({
      [ATTR.serviceName]: SERVER_SERVICE,
      [ATTR.serviceInstanceId]: row.server_id,
      [ATTR.serviceVersion]: row.version,
      [ATTR.serverName]: row.server_name,
      [ATTR.cluster]: row.cluster,
      [ATTR.domain]: row.domain,
    }),
    attributes: given({
      [ATTR.system]: MESSAGING_SYSTEM,
      [ATTR.destination]: row.subject,
      [ATTR.account]: row.account,
      [ATTR.hop]: row.hop,
      [ATTR.hopExpects]: row.expects.join(','),
      [ATTR.ingressKind]: row.ingress_kind,
      [ATTR.ingressName]: row.ingress_name,
    }),
    events: [...changeEvents(row), ...handOnEvents(row)],
  };
}

const ownPlace = (row: HopHead) => ({ hop: row.hop, server: row.server_name });

/** Subject mapping, stream export, service import. */
const changeEvents = (row: HopHead): HopSpan['events'] =>
  row.change_kind.map((kind, index) => ({
    time: row.change_time[index] ?? row.time,
    name: kind,
    attributes: given({
      [ATTR.account]: row.change_account[index] ?? '',
      [ATTR.subjectBefore]: row.change_from[index] ?? '',
      [ATTR.subjectAfter]: row.change_to[index] ?? '',
    }),
  }));

/** Messages to other servers; what became of them there is a span of that server. */
const handOnEvents = (row: HopHead): HopSpan['events'] =>
  row.egress_kind.flatMap((kind, index) => {
    const hop = row.egress_hop[index] ?? '';
    const error = row.egress_error[index] ?? '';
    if (!['router', 'gateway', 'leaf'].includes(kind)) return [];
    const attributes = given({
      [ATTR.serverName]: row.egress_name[index] ?? '',
      [ATTR.hop]: hop,
      [ATTR.errorType]: error,
    });
    return [{ time: row.egress_time[index] ?? row.time, name: `to ${kind}`, attributes }];
  });

function missingSpan(hop: string, tree: HopTree, message: HopHead): HopSpan {
  const server = nameOfMissing(hop, tree);
  const by = announcerOf(hop, tree);
  const above = by ? spanIdOf(by, ownPlace(by)) : missingId(parentHop(hop), tree, message);
  return {
    traceId: message.trace_id,
    spanId: missingId(hop, tree, message),
    parentSpanId: hop === '' ? message.span_id : above,
    name: `server ${server || '(unknown)'}`,
    start: by?.time ?? message.time,
    duration: '0',
    error: '',
    resource: given({ [ATTR.serviceName]: SERVER_SERVICE, [ATTR.serverName]: server }),
    attributes: { [ATTR.system]: MESSAGING_SYSTEM, [ATTR.hop]: hop, [ATTR.hopMissing]: 'true' },
    events: [],
  };
}

const missingId = (hop: string, tree: HopTree, message: Place): string =>
  spanIdOf(message, { hop, server: nameOfMissing(hop, tree) });

/** As the one before it calls it, else as those below do; '' when nobody names it. */
function nameOfMissing(hop: string, tree: HopTree): string {
  const by = announcerOf(hop, tree);
  const told = by ? nameOf(hop, by) : '';
  const below = tree.hops.find((row) => row.hop !== '' && parentHop(row.hop) === hop);
  return told || (below?.ingress_name ?? '');
}

/** A server cannot have a message before the one it has it from: then their clocks differ at least so. */
function behind(row: HopHead, parent: HopHead | undefined): Record<string, string> {
  const by = parent ? BigInt(parent.time) - BigInt(row.time) : 0n;
  return by > 0n ? { [ATTR.clockBehind]: String(by) } : {};
}

function since(start: string, end: string): string {
  const duration = BigInt(end) - BigInt(start);
  return duration > 0n ? String(duration) : '0';
}

const longer = (a: string, b: string): string => (BigInt(b) > BigInt(a) ? b : a);

const given = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
