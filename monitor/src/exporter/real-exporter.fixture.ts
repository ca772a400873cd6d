import { freePort, type RunningProcess, startProcess, waitFor } from '@hopline/testkit';
import { buildGoProgram, type GoProgram } from '../go-program.fixture.ts';

const NAME = 'prometheus-nats-exporter';
const VERSION = 'v0.20.1';

/** Path of the real prometheus-nats-exporter, or why there is none on this machine. */
export const findRealExporter = (): Promise<GoProgram> =>
  buildGoProgram(`github.com/nats-io/${NAME}@${VERSION}`);

export interface RealExporter extends AsyncDisposable {
  readonly url: string;
  readonly running: RunningProcess;
}

export async function startRealExporter(
  path: string,
  args: readonly string[],
): Promise<RealExporter> {
  const port = await freePort();
  const running = await startProcess({
    name: NAME,
    command: path,
    args: ['-a', '127.0.0.1', '-p', String(port), ...args],
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  await waitFor(
    async () => {
      if (!running.running) throw new Error(`${NAME} ended: ${running.output()}`);
      const response = await fetch(url).catch(() => undefined);
      await response?.body?.cancel();
      return response?.ok;
    },
    { message: `${url} answers` },
  );
  return { url, running, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
