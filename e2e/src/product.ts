import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  CONTRACT,
  type EndpointName,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
} from '@hopline/model/api';
import {
  freePort,
  type RunningProcess,
  startProcess,
  tempDir,
  waitForOutput,
} from '@hopline/testkit';

export const CLI = join(import.meta.dirname, '../../cli/src/main.ts');

/** A running `hopline demo`. */
export interface Demo extends AsyncDisposable {
  process: RunningProcess;
  url: string;
  gatewayUrl: string;
}

/** Starts `hopline demo` on ports of its own and waits until it says that it is ready. */
export async function startDemo(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Demo> {
  const process = await startProcess({
    name: 'demo',
    args: [CLI, 'demo', '--port', String(await freePort()), ...args],
    // A busy machine may take long for an answer; an error in its place would be another test.
    env: { NO_COLOR: '1', HOPLINE_STORE_QUERY_TIMEOUT_MS: '90000', ...env },
    readyLine: /(http:\/\/127\.0\.0\.1:\d+\/?)\s/,
    readyTimeoutMs: 120_000,
    stopTimeoutMs: 20_000,
  });
  const [, gatewayUrl] = await waitForOutput(process, /(http:\/\/[\d.]+:\d+)\/orders/, 60_000);
  return {
    process,
    url: process.ready[1]!.replace(/\/$/, ''),
    gatewayUrl: gatewayUrl!,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** A running `hopline up` with an empty store, which goes with it. */
export interface Up extends AsyncDisposable {
  process: RunningProcess;
  url: string;
  /** Where OTLP over HTTP is taken. */
  otlpUrl: string;
}

/**
 * Starts `hopline up` on ports of its own; `servers`: a server, or all of a cluster, monitored where a URL says how.
 * `place`: where one was that is to go on; its store stays.
 */
export async function startUp(
  servers: readonly { readonly url: string; readonly monitorUrl?: string }[],
  env: Readonly<Record<string, string>> = {},
  place: { readonly port?: number; readonly dataDir?: string } = {},
): Promise<Up> {
  await using parts = new AsyncDisposableStack();
  const dataDir = place.dataDir ?? parts.use(await tempDir('up')).path;
  const [otlpPort, grpcPort] = [await freePort(), await freePort()];
  const process = parts.use(
    await startProcess({
      name: 'hopline',
      args: [
        ...[CLI, 'up', '--port', String(place.port ?? 0), '--data-dir', dataDir],
        ...['--nats', servers.map(({ url }) => url).join()],
        ...servers.flatMap(({ monitorUrl }) => (monitorUrl ? ['--monitor', monitorUrl] : [])),
        ...['--otlp-http-port', String(otlpPort), '--otlp-grpc-port', String(grpcPort)],
      ],
      env: { NO_COLOR: '1', ...env },
      readyLine: /Hopline\s+(http:\/\/127\.0\.0\.1:\d+)/,
      readyTimeoutMs: 90_000,
      stopTimeoutMs: 20_000,
    }),
  );
  const owned = parts.move();
  return {
    process,
    url: process.ready[1]!,
    otlpUrl: `http://127.0.0.1:${otlpPort}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs one `hopline` command to its end. */
export async function hopline(
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  await using process = await startProcess({
    name: `hopline-${args[0]}`,
    args: [CLI, ...args],
    env: { NO_COLOR: '1' },
  });
  const { code } = await process.exited;
  return { code, output: process.output() };
}

interface Call<Name extends EndpointName> {
  params?: ParamsOf<Name>;
  query?: QueryOf<Name>;
}

/** One API answer, held against the contract. Throws the status for anything but 2xx. */
export async function ask<Name extends EndpointName>(
  url: string,
  name: Name,
  call: Call<Name> = {},
): Promise<ResponseOf<Name>> {
  const path = CONTRACT[name].path.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String((call.params as Record<string, unknown> | undefined)?.[key])),
  );
  const query = new URLSearchParams(
    Object.entries(call.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const response = await fetch(`${url}${path}?${query}`);
  assert.ok(response.ok, `GET ${path}: ${response.status}`);
  return CONTRACT[name].response.parse(await response.json()) as ResponseOf<Name>;
}

export interface Order {
  customer?: string;
  currency?: string;
  totalCents?: number;
}

/** Posts an order to the demo's gateway and returns its trace id. */
export async function postOrder(gatewayUrl: string, order: Order = {}): Promise<string> {
  const response = await fetch(`${gatewayUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      customer: 'you@example.org',
      items: [{ sku: 'sku-100', quantity: 1 }],
      currency: 'EUR',
      totalCents: 4599,
      ...order,
    }),
  });
  assert.equal(response.status, 202);
  const { traceId } = (await response.json()) as { traceId: string };
  assert.match(traceId, /^[0-9a-f]{32}$/);
  return traceId;
}
