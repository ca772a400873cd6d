import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { StatusResponse } from '@hopline/model/api';
import { type RunningProcess, startProcess, waitFor } from '@hopline/testkit';
import type { ConfigInput } from '../config.ts';
import { request, span } from '../otlp/requests.fixture.ts';
import { createChdbDatabase } from '../store/chdb/driver.ts';

const ENTRY = fileURLToPath(new URL('./server-process.fixture.ts', import.meta.url));

/** Free ports, little memory, quick segments. */
export const settings = (dataDir: string, more: ConfigInput = {}): ConfigInput => ({
  dataDir,
  logLevel: 'info',
  ...more,
  http: { port: 0, ...more.http },
  otlp: { httpPort: 0, grpcPort: 0, ...more.otlp },
  journal: { segmentAgeMs: 200, ...more.journal },
});

export interface ServerProcess extends AsyncDisposable {
  readonly process: RunningProcess;
  readonly httpUrl: string;
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
}

export async function serverProcess(input: ConfigInput): Promise<ServerProcess> {
  const started = await startProcess({
    name: 'hopline-server',
    args: [ENTRY, JSON.stringify(input)],
    readyLine: /READY (\S+) (\S+) (\S+)/,
    stopTimeoutMs: 20_000,
  });
  const [, httpUrl, otlpHttpUrl, otlpGrpcUrl] = started.ready as [string, string, string, string];
  return {
    process: started,
    httpUrl,
    otlpHttpUrl,
    otlpGrpcUrl,
    [Symbol.asyncDispose]: async () => await started[Symbol.asyncDispose](),
  };
}

export async function statusOf(httpUrl: string): Promise<StatusResponse> {
  return (await (await fetch(`${httpUrl}/api/v1/status`)).json()) as StatusResponse;
}

/** Waits until nothing is left to be stored. */
export async function allStored(httpUrl: string): Promise<void> {
  await waitFor(
    async () => {
      const { journal, store } = await statusOf(httpUrl);
      return store.state === 'ready' && journal.openBytes + journal.sealedBytes === 0;
    },
    { message: 'an empty journal', timeoutMs: 60_000, intervalMs: 50 },
  );
}

/** Span ids (hex) in the store of a server that does not run, each as often as it is there. */
export async function storedSpanIds(dataDir: string): Promise<string[]> {
  const maxRows = 2_000_000;
  await using database = await createChdbDatabase({
    dataDir,
    maxMemoryBytes: 1e9,
    readers: 1,
    writers: 1,
    queryTimeoutMs: 30_000,
    retentionDays: 7,
  });
  await database.migrate();
  const rows = await database.query<{ id: string }>({
    sql: `SELECT lower(hex(span_id)) AS id FROM spans LIMIT ${maxRows}`,
    params: {},
    tag: 'test-span-ids',
    maxRows,
    timeoutMs: 30_000,
  });
  return rows.map((row) => row.id);
}

export interface Load {
  /** Ids of spans that were answered with success. */
  readonly answered: Set<string>;
  /** Ids of all spans that were sent. */
  readonly sent: Set<string>;
  stop(): Promise<void>;
}

/** Sends requests of 20 spans, four at once, until stopped. Failed ones are not repeated. */
export function sendSpans(url: () => string): Load {
  const answered = new Set<string>();
  const sent = new Set<string>();
  const agent = new Agent({ keepAlive: true });
  let isStopped = false;

  async function sender(): Promise<void> {
    while (!isStopped) {
      const ids = Array.from({ length: 20 }, () => randomBytes(8));
      const hex = ids.map((id) => id.toString('hex'));
      const body = request(
        'traces',
        ids.map((span_id) => span({ span_id })),
      );
      for (const id of hex) sent.add(id);
      const status = await post(`${url()}/v1/traces`, body, agent).catch(() => 0);
      if (status === 200) for (const id of hex) answered.add(id);
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const senders = Promise.all(Array.from({ length: 4 }, sender));
  return {
    answered,
    sent,
    async stop() {
      isStopped = true;
      await senders;
      agent.destroy();
    },
  };
}

/** Posts a protobuf request; the HTTP status. */
export function post(url: string, body: Uint8Array, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, {
      method: 'POST',
      ...(agent ? { agent } : {}),
      headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
    });
    outgoing.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    });
    outgoing.end(body);
  });
}

/** Answered spans are there once; the others once or not at all. */
export async function exactlyOnce(dataDir: string, { answered, sent }: Load): Promise<void> {
  const ids = await storedSpanIds(dataDir);
  const stored = new Set(ids);
  const missing = [...answered].filter((id) => !stored.has(id));
  assert.deepEqual(missing.length, 0, `${missing.length} of ${answered.size} answered are missing`);
  assert.equal(ids.length, stored.size, `${ids.length - stored.size} are doubled`);
  assert.ok(ids.every((id) => sent.has(id)));
}
