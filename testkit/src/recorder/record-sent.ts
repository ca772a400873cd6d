import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedOnce, passedOnce, type Task } from '../runner/task.ts';

const PRELOAD = new URL('preload.mjs', import.meta.url).href;

/** Connections that were read along, of the processes that ended by themselves, and what acted. */
interface Sent {
  processes: number;
  connections: number;
  lines: number;
  gets: number;
  acts: readonly string[];
}

/** For the environment of processes that are to be read along: those they start are too. */
export const recordingEnv = (directory: string, nodeOptions = ''): Record<string, string> => ({
  HOPLINE_RECORD_DIR: directory,
  NODE_OPTIONS: `${nodeOptions} --import=${PRELOAD}`.trim(),
});

/** Sets this process's environment; the task, run after all others, says what came of it. */
export async function recordSent(): Promise<Task> {
  const directory = await mkdtemp(join(tmpdir(), 'hopline-sent-'));
  Object.assign(process.env, recordingEnv(directory, process.env.NODE_OPTIONS));
  return {
    name: 'record: nothing was sent to NATS that acts',
    run: async () => {
      const { processes, connections, lines, gets, acts } = await readSent(directory);
      await rm(directory, { recursive: true, force: true });
      if (acts.length > 0)
        return failedOnce(`sent and not known to only read:\n${acts.join('\n')}`);
      process.stdout.write(
        `${connections} connections with ${lines} lines and ${gets} GETs of ${processes} processes\n`,
      );
      return passedOnce();
    },
  };
}

export async function readSent(directory: string): Promise<Sent> {
  const [seen, acts] = await Promise.all(
    ['seen', 'acts'].map(async (kind) => {
      const text = await readFile(join(directory, `${kind}.jsonl`), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    }),
  );
  const sum = (key: string): number =>
    seen!.reduce((total, line) => total + (JSON.parse(line) as Record<string, number>)[key]!, 0);
  return {
    processes: seen!.length,
    connections: sum('connections'),
    lines: sum('lines'),
    gets: sum('gets'),
    acts: acts!,
  };
}
