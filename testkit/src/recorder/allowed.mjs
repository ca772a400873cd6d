// What each kind of connection of the product may send. An independent list: the product's own
// (monitor/src/read-requests.ts) would agree with itself.

const LISTENING = /^(?:CONNECT|PING|PONG|SUB|UNSUB)\b/;
const API = String.raw`\$JS\.(?:[^.*>\s]+\.)?API`;
const MONITOR = [
  /^\$SYS\.REQ\.USER\.INFO$/,
  /^\$SYS\.REQ\.SERVER\.PING(?:\.(?:IDZ|STATSZ|VARZ|SUBSZ|CONNZ|ROUTEZ|GATEWAYZ|LEAFZ|ACCOUNTZ|JSZ|HEALTHZ|IPQUEUESZ|RAFTZ))?$/,
  /^\$SYS\.REQ\.SERVER\.[A-Z2-7]{56}\.(?:STATSZ|VARZ|SUBSZ|CONNZ|ROUTEZ|GATEWAYZ|LEAFZ|ACCOUNTZ|JSZ|HEALTHZ|IPQUEUESZ|RAFTZ)$/,
  /^\$SYS\.REQ\.ACCOUNT\.PING\.(?:CONNZ|STATZ)$/,
  new RegExp(String.raw`^${API}\.(?:INFO|STREAM\.(?:LIST|NAMES)|CONSUMER\.(?:LIST|NAMES)\.\S+)$`),
  new RegExp(
    String.raw`^${API}\.(?:DIRECT\.GET|STREAM\.MSG\.GET|STREAM\.INFO|CONSUMER\.INFO)\.\S+$`,
  ),
];
/** Reads a bucket; follows it by a consumer that ends with the connection, in this bucket only. */
const REGISTRY_READS = [
  new RegExp(String.raw`^${API}\.INFO$`),
  new RegExp(String.raw`^${API}\.(?:DIRECT\.GET|STREAM\.(?:INFO|MSG\.GET))\.KV_\S+$`),
  new RegExp(String.raw`^${API}\.CONSUMER\.(?:CREATE|DELETE|INFO|MSG\.NEXT)\.KV_\S+$`),
  /^\$JS\.(?:ACK|FC)\.\S+$/,
];
/** Writes that a user asks for: `hopline schema`, and Confluent's API where `schemas.confluentApi` is `write`. */
const REGISTRY_WRITES = [
  new RegExp(String.raw`^${API}\.STREAM\.CREATE\.KV_\S+$`),
  /^\$KV\.[\w-]+\.\S+$/,
];
/** `hopline doctor` sends probes to a subject that nobody else has. */
const PROBE = [/^hopline\.check\.[0-9a-f]{12}$/];

const SUBJECTS = new Map([
  ['hopline-monitor', MONITOR],
  ['hopline-monitor-system', MONITOR],
  ['hopline-check', PROBE],
  ['hopline schemas', [...REGISTRY_READS, ...REGISTRY_WRITES]],
  ['hopline schema', [...REGISTRY_READS, ...REGISTRY_WRITES]],
]);

/** By the name that a connection gives; one of ours that is not in the table may only listen. */
export const isOurs = (name) => /^hopline\b(?!.* of a test$)/.test(name);

/** In a process of the product: `hopline demo` sets up the streams of the example, which is a user's. */
export const isUsers = (name) => name === 'orders-setup';

/** A line of the NATS protocol; a name that is not known may not publish. */
export function isAllowedLine(name, line) {
  if (LISTENING.test(line)) return true;
  const subject = /^H?PUB (\S+) /.exec(line)?.[1];
  return subject !== undefined && (SUBJECTS.get(name) ?? []).some((may) => may.test(subject));
}

const ENDPOINT =
  /\/(?:varz|jsz|connz|routez|gatewayz|leafz|subsz|accountz|accstatz|healthz|raftz|ipqueuesz)(?:\?\S*)?$/;

/** Known by its path alone: nothing else has such names. `/healthz` is anybody's. */
export const isMonitoringPath = (path) => ENDPOINT.test(path) && !/\/healthz(?:\?|$)/.test(path);

/** A request to the monitoring port of a NATS server. */
export const isAllowedGet = (method, path) => method === 'GET' && ENDPOINT.test(path);
