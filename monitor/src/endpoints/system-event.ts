import type { ClusterEventRow } from '@hopline/model';
import {
  type Fields,
  fieldsAt,
  isFields,
  numberAt,
  parseFields,
  textAt,
  timeAt,
  uint64At,
} from './fields.ts';

/** Who a server says it is in everything it sends over the system account. */
export interface SystemServer {
  name: string;
  id: string;
  cluster: string;
  version: string;
}

export type SystemEvent =
  | { kind: 'heartbeat'; server: SystemServer; statsz: Fields }
  | {
      kind: 'announced';
      server: SystemServer;
      what: 'lame duck' | 'shutdown';
      row: ClusterEventRow;
    }
  | { kind: 'connection'; row: ClusterEventRow };

/** Null for what is none of them. `time` is for events that carry none: Unix ns of their arrival. */
export function decodeSystemEvent(subject: string, text: string, time: string): SystemEvent | null {
  const body = parseFields(text);
  if (!body) return null;
  // Of its end a server sends nothing but who it is.
  const from = isFields(body['server']) ? body['server'] : body;
  const server: SystemServer = {
    name: textAt(from, 'name') || textAt(from, 'id'),
    id: textAt(from, 'id'),
    cluster: textAt(from, 'cluster'),
    version: textAt(from, 'ver'),
  };
  if (server.name === '') return null;
  const last = subject.slice(subject.lastIndexOf('.') + 1);
  if (last === 'SHUTDOWN' || last === 'LAMEDUCK') {
    const what = last === 'SHUTDOWN' ? 'shutdown' : 'lame duck';
    const at = timeAt(from, 'time') ?? time;
    const row = eventRow(body, { kind: what, server, time: at, id: `${what}-${server.id}` });
    return { kind: 'announced', server, what, row };
  }
  if (last === 'STATSZ' || body['statsz'] !== undefined) {
    return { kind: 'heartbeat', server, statsz: fieldsAt(body, 'statsz') };
  }
  const kind = subject.endsWith('.CLIENT.AUTH.ERR')
    ? 'auth error'
    : last === 'CONNECT'
      ? 'connect'
      : last === 'DISCONNECT'
        ? 'disconnect'
        : '';
  const id = textAt(body, 'id');
  if (kind === '' || id === '') return null;
  const at = timeAt(body, 'timestamp') ?? time;
  return { kind: 'connection', row: eventRow(body, { kind, server, time: at, id }) };
}

function eventRow(
  body: Fields,
  { kind, server, time, id }: { kind: string; server: SystemServer; time: string; id: string },
): ClusterEventRow {
  const client = fieldsAt(body, 'client');
  return {
    time,
    id,
    kind,
    source: 'server',
    server: server.name,
    account: textAt(client, 'acc'),
    connection: textAt(client, 'name') || textAt(client, 'host'),
    cid: uint64At(client, 'id'),
    reason: textAt(body, 'reason'),
    // Not the event as it came: it may hold the token or JWT of the client.
    raw: JSON.stringify({
      client: {
        host: textAt(client, 'host'),
        lang: textAt(client, 'lang'),
        ver: textAt(client, 'ver'),
        kind: textAt(client, 'kind'),
        rtt: numberAt(client, 'rtt'),
      },
      sent: fieldsAt(body, 'sent'),
      received: fieldsAt(body, 'received'),
    }),
  };
}
