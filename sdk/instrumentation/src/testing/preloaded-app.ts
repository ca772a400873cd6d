import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { startProcess } from '@hopline/testkit';

const REGISTER = join(import.meta.dirname, '../register.ts');

export interface PreloadedEnvironment {
  /** Where telemetry goes. */
  endpoint: string;
  [variable: string]: string;
}

/**
 * What an application says that runs with the preload, from source; it must end well. Its last export
 * has been sent when this answers.
 */
export async function runPreloaded(
  app: string,
  { endpoint, ...env }: PreloadedEnvironment,
): Promise<string> {
  await using run = await startProcess({
    name: basename(app),
    args: ['--conditions=hopline-source', '--import', REGISTER, app],
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
  });
  assert.deepEqual(await run.exited, { code: 0, signal: null }, run.output());
  return run.output();
}
