/**
 * Posts span requests as fast as they are taken. Arguments: OTLP/HTTP address, seconds, connections.
 * Prints what was accepted as one JSON line.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanRequests } from './messaging-spans.ts';

export interface Sent {
  spans: number;
  bytes: number;
  /** Answers that said "retry later"; the same bytes were sent again. */
  retries: number;
  seconds: number;
}

const [, , url = '', seconds = '10', connections = '4'] = process.argv;
const target = new URL('/v1/traces', url);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const sent: Sent = { spans: 0, bytes: 0, retries: 0, seconds: 0 };
const startedAt = performance.now();
const until = startedAt + Number(seconds) * 1000;

// Each connection has requests of its own: their bytes are written anew only after the answer.
await Promise.all(Array.from({ length: Number(connections) }, () => send(new SpanRequests(2))));
sent.seconds = (performance.now() - startedAt) / 1000;
agent.destroy();
process.stdout.write(`${JSON.stringify(sent)}\n`);

async function send(requests: SpanRequests): Promise<void> {
  while (performance.now() < until) {
    const body = requests.take();
    while (!(await post(body))) {
      sent.retries++;
      await sleep(100);
    }
    sent.spans += SpanRequests.spansPerRequest;
    sent.bytes += body.length;
  }
}

/** True when accepted, false when it should be tried again; anything else is the end. */
async function post(body: Uint8Array): Promise<boolean> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const posted = request(target, { method: 'POST', agent, headers }, resolve);
    posted.once('error', reject);
    posted.end(body);
  });
  let size = 0;
  for await (const chunk of answer) size += (chunk as Buffer).length;
  const status = answer.statusCode ?? 0;
  if (status === 429 || status === 503) return false;
  // A body would tell of a partial success: spans left out.
  if (status !== 200 || size > 0)
    throw new Error(`cannot send spans: status ${status}, ${size} bytes`);
  return true;
}
