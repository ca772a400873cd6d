import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPrometheus } from '../../scripts/prometheus.ts';
import { freePort } from './free-port.ts';
import { retryPorts } from './start-nats.ts';
import { startProcess } from './start-process.ts';
import { tempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

export interface PrometheusOptions {
  /** `host:port` of what is scraped at `/metrics`, all in the job `test`. */
  targets?: readonly string[];
  /** Replaces the generated configuration file. */
  config?: string;
}

/** One element of an instant vector. */
export interface Sample {
  metric: Record<string, string>;
  value: [timeSeconds: number, value: string];
}

export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  readonly logPath: string;
  /** An instant query; throws what Prometheus says of a bad one. */
  query(expression: string): Promise<Sample[]>;
}

/** A real Prometheus that scrapes every second. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  return await retryPorts(5, () => startOnce(options));
}

async function startOnce(options: PrometheusOptions): Promise<Prometheus> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir('prometheus'));
  const configPath = join(dir.path, 'prometheus.yml');
  await writeFile(configPath, options.config ?? scrapeConfig(options.targets ?? []));
  const port = await freePort();
  const running = stack.use(
    await startProcess({
      name: 'prometheus',
      command: await findPrometheus(),
      args: [
        `--config.file=${configPath}`,
        `--storage.tsdb.path=${join(dir.path, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      readyLine: /Server is ready to receive web requests/,
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, {
    message: `Prometheus ready (${running.logPath})`,
  });
  const owned = stack.move();
  return {
    url,
    logPath: running.logPath,
    query: (expression) => query(url, expression),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function scrapeConfig(targets: readonly string[]): string {
  return [
    'global: { scrape_interval: 1s, scrape_timeout: 1s }',
    'scrape_configs:',
    '  - job_name: test',
    `    static_configs: [{ targets: ${JSON.stringify(targets)} }]`,
    '',
  ].join('\n');
}

async function query(url: string, expression: string): Promise<Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const body = (await response.json()) as { error?: string; data?: { result: Sample[] } };
  if (body.data === undefined) throw new Error(`cannot query ${expression}: ${body.error}`);
  return body.data.result;
}
