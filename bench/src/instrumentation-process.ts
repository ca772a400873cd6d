import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job } from './instrumentation-child.ts';
import { type Mode, preloadEnvironment } from './instrumentation-modes.ts';

const CHILD = fileURLToPath(new URL('./instrumentation-child.ts', import.meta.url));

/** Far more than the longest job takes: a bench that hangs says so. */
const JOB_TIMEOUT_MS = 900_000;

/** A process of the bench; one job at a time, which fails after `JOB_TIMEOUT_MS`. */
export interface BenchProcess extends AsyncDisposable {
  run(job: Job): Promise<unknown>;
}

export async function startBenchProcess(mode: Mode, otlpUrl: string): Promise<BenchProcess> {
  const child = fork(CHILD, [mode], {
    execArgv: ['--conditions=hopline-source', '--expose-gc'],
    env: { ...process.env, ...preloadEnvironment(otlpUrl) },
  });
  await answerOf(child);
  return {
    async run(job) {
      const answer = answerOf(child);
      child.send(job);
      return await answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const onExit = (code: number | null): void =>
    gone.abort(new Error(`cannot go on with the bench: a process ended with ${code}`));
  child.once('exit', onExit);
  try {
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(JOB_TIMEOUT_MS)]);
    const [answer] = await once(child, 'message', { signal });
    if ('error' in answer) throw new Error(`cannot run a job: ${answer.error}`);
    return answer.result;
  } finally {
    child.off('exit', onExit);
  }
}
