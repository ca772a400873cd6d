import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { decodeTraceEvent } from '../endpoints/trace-event.ts';
import { inWords } from '../errors.ts';
import {
  connectionOptions,
  type NatsSettings,
  parseNatsServer,
} from '../transport/nats-settings.ts';
import { eventBody } from './event-body.ts';

export type TracingVerdict =
  | 'works'
  | 'cannot connect'
  | 'server too old'
  | 'cannot listen'
  | 'cannot publish'
  | 'no msg_trace'
  | 'reports do not arrive';

export interface TracingCheck {
  verdict: TracingVerdict;
  /** What was seen, and what to do about it. */
  detail: string;
  /** Server that was asked, and its version; '' when none answered. */
  server: string;
  version: string;
  /** Servers that reported a probe. */
  reportedBy: string[];
  /** Messages sent, and how many of them the first server reported: about the sampling rate. */
  probes: number;
  reported: number;
}

export interface TracingCheckOptions {
  /** Who listens: Hopline's own user. */
  listen: NatsSettings;
  /** Who publishes the probes: a user of the account that shall be traced. */
  publish: NatsSettings;
  traceSubject: string;
  /** Until the first report. */
  timeoutMs: number;
}

const DIAL_TIMEOUT_MS = 5_000;
/** A rate of one percent reports about two in a hundred. */
const PROBES_A_ROUND = 50;
const ROUND_MS = 250;
/** After the first report: for those of the other servers. */
const LINGER_MS = 500;

/**
 * Tries whether sampled messages are reported: publishes small messages on `hopline.check.<random>` with
 * a sampled `traceparent` and listens for their reports. Unlike everything else of the monitor it sends;
 * it runs only when asked to. Never throws for what a server does; throws MonitorSettingsError for URLs
 * that can never work.
 */
export async function checkTracing(options: TracingCheckOptions): Promise<TracingCheck> {
  await using open = new AsyncDisposableStack();
  const seen = { ...NOTHING };
  const dial = async (settings: NatsSettings): Promise<NatsConnection> => {
    const connection = await dialOne(settings);
    open.defer(() => connection.close());
    return connection;
  };
  try {
    const listener = await dial(options.listen);
    seen.server = listener.info?.server_name ?? '';
    seen.version = listener.info?.version ?? '';
    if (!isTracing(seen.version)) return told(seen, 'server too old', 'it must be 2.11 or newer');
    const publisher = await dial(options.publish);
    return await probe({ ...options, listener, publisher, seen });
  } catch (error) {
    return told(seen, 'cannot connect', inWords(error));
  }
}

const NOTHING = { server: '', version: '', reportedBy: [] as string[], probes: 0, reported: 0 };
type Seen = typeof NOTHING;

const told = (seen: Seen, verdict: TracingVerdict, detail: string): TracingCheck => ({
  ...seen,
  verdict,
  detail,
});

interface Probing extends TracingCheckOptions {
  listener: NatsConnection;
  publisher: NatsConnection;
  seen: Seen;
}

async function probe(parts: Probing): Promise<TracingCheck> {
  const { listener, publisher, seen, traceSubject, timeoutMs } = parts;
  const reports = new Reports();
  let refused = '';
  listener.subscribe(traceSubject, {
    callback: (error, message) => {
      if (error) refused = inWords(error);
      else reports.take(message);
    },
  });
  await listener.flush();
  if (refused !== '') return told(seen, 'cannot listen', refused);
  const denied = denials(publisher);
  const subject = `hopline.check.${randomBytes(6).toString('hex')}`;
  const deadline = performance.now() + timeoutMs;
  // Interest in the trace subject takes a moment to reach the other servers: rounds, not one shot.
  while (reports.count === 0 && performance.now() < deadline) {
    for (let sent = 0; sent < PROBES_A_ROUND; sent++)
      publisher.publish(subject, '', probeOf(reports));
    seen.probes += PROBES_A_ROUND;
    await publisher.flush();
    await sleep(ROUND_MS);
    if (denied.reason !== '') return told(seen, 'cannot publish', denied.reason);
  }
  if (reports.count > 0) await sleep(LINGER_MS);
  seen.reportedBy = [...reports.servers].sort();
  seen.reported = reports.count;
  if (reports.count > 0) return told(seen, 'works', worksDetail(seen));
  return await askedFor({ ...parts, reports, subject });
}

/** A report that a message itself asks for needs no `msg_trace`: it tells the two faults apart. */
async function askedFor(
  parts: Probing & { reports: Reports; subject: string },
): Promise<TracingCheck> {
  const { publisher, reports, seen, subject, traceSubject } = parts;
  const { headers: carried } = probeOf(reports);
  carried.set('Nats-Trace-Dest', traceSubject);
  carried.set('Nats-Trace-Only', 'true');
  publisher.publish(subject, '', { headers: carried });
  await publisher.flush();
  for (let round = 0; round < 8 && reports.count === 0; round++) await sleep(ROUND_MS);
  if (reports.count > 0) {
    const want = `msg_trace: { dest: "${traceSubject}", sampling: 100 }`;
    const inJwt = `nsc edit account --trace-context-subject ${traceSubject}, then nsc push`;
    const detail = `the publisher's account needs ${want}; if it is in a JWT: ${inJwt}`;
    return told(seen, 'no msg_trace', detail);
  }
  return told(
    seen,
    'reports do not arrive',
    `nothing came on ${traceSubject}: the listener's account must be the publisher's, or import ` +
      'that subject from it',
  );
}

const worksDetail = ({ reported, probes, reportedBy }: Seen): string =>
  `${reported} of ${probes} sampled messages were reported, by ${reportedBy.join(', ')}`;

function probeOf(reports: Reports) {
  const carried = headers();
  const traceId = randomBytes(16).toString('hex');
  reports.expect(traceId);
  carried.set('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-01`);
  return { headers: carried };
}

/** Reports of our own probes. */
class Reports {
  readonly servers = new Set<string>();
  readonly #expected = new Set<string>();
  readonly #origins = new Set<string>();

  /** Probes that their first server reported. */
  get count(): number {
    return this.#origins.size;
  }

  expect(traceId: string): void {
    this.#expected.add(traceId);
  }

  take(message: Msg): void {
    let text = '';
    try {
      text = eventBody(message.data, message.headers?.get('Content-Encoding') ?? '');
    } catch {
      // Not one of ours: they are not compressed.
    }
    const decoded = decodeTraceEvent(text);
    if (!('row' in decoded) || !this.#expected.has(decoded.row.trace_id)) return;
    this.servers.add(decoded.row.server_name);
    if (decoded.row.hop === '') this.#origins.add(decoded.row.trace_id);
  }
}

/** What the server refused to take from us, as it tells on the connection. */
function denials(connection: NatsConnection): { reason: string } {
  const denied = { reason: '' };
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error') denied.reason = inWords(status.error);
    }
  })();
  return denied;
}

/** Since 2.11 servers trace messages. */
function isTracing(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 11);
}

async function dialOne(settings: NatsSettings): Promise<NatsConnection> {
  let last: unknown = new Error('no server is given');
  for (const server of settings.servers.map(parseNatsServer)) {
    try {
      const options = await connectionOptions(settings, server);
      const timing = { reconnect: false, timeout: DIAL_TIMEOUT_MS };
      return await connect({ ...options, ...timing, name: 'hopline-check' });
    } catch (error) {
      last = new Error(`cannot connect to ${server.url}`, { cause: error });
    }
  }
  throw last;
}
