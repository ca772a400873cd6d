import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { isRead } from './transport/read-requests.ts';

/** Everything that this process sends to NATS servers in the name of the monitor, from now on. */
export interface SentRecord {
  /** Subjects that were published to, and lines of HTTP requests. */
  readonly asked: readonly string[];
  /** Fails when anything was sent that is not known to only read. */
  assertOnlyReads(): void;
  stop(): void;
}

const MONITOR = /^CONNECT \{.*"name":"hopline-monitor/m;
const LISTENING = /^(?:CONNECT|PING|PONG|SUB|UNSUB)\b/;
const PUBLISHING = /^H?PUB (\S+)/;
const MONITORING_GET = /^GET \S*\/[a-z]+(?:\?\S*)?$/;

/**
 * Reads along at the sockets, below the client library: names of connections tell the monitor's from the
 * test's own. Over TLS only HTTP is seen.
 */
export function recordSent(): SentRecord {
  const sockets: { text: string }[] = [];
  const requests: string[] = [];
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    const record = { text: '' };
    sockets.push(record);
    // `connect`, which comes next, gives a socket its own `write` back.
    process.nextTick(() => {
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      socket.write = (data: unknown, ...rest: unknown[]) => {
        if (typeof data === 'string') record.text += data;
        else if (data instanceof Uint8Array) record.text += Buffer.from(data).toString('latin1');
        return write(data, ...rest);
      };
    });
  };
  const onRequest = (message: unknown): void => {
    const { request } = message as { request: ClientRequest };
    requests.push(`${request.method} ${request.path}`);
  };
  subscribe('net.client.socket', onSocket);
  subscribe('http.client.request.start', onRequest);
  const lines = (): string[] =>
    sockets.filter(({ text }) => MONITOR.test(text)).flatMap(({ text }) => linesOf(text));
  return {
    get asked() {
      const subjects = lines().flatMap((line) => PUBLISHING.exec(line)?.[1] ?? []);
      return [...subjects, ...requests];
    },
    assertOnlyReads() {
      const acts = lines().filter((line) => {
        const subject = PUBLISHING.exec(line)?.[1];
        return subject === undefined ? !LISTENING.test(line) : !isRead(subject);
      });
      const writes = requests.filter((line) => !MONITORING_GET.test(line));
      assert.deepEqual([...acts, ...writes], [], 'sent and not known to only read');
    },
    stop() {
      unsubscribe('net.client.socket', onSocket);
      unsubscribe('http.client.request.start', onRequest);
    },
  };
}

/** Protocol lines without the payloads of publications, which are as long as their line says. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) break;
    const line = text.slice(at, end);
    lines.push(line);
    at = end + 2;
    if (PUBLISHING.test(line)) at += Number(line.slice(line.lastIndexOf(' ') + 1)) + 2;
  }
  return lines;
}
