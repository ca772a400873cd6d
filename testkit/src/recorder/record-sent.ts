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
  /** How often each kind of question was asked. */
  kinds: ReadonlyMap<string, number>;
  acts: readonly string[];
}

/** What one process says of itself at its end. */
interface Report {
  connections: number;
  lines: number;
  gets: number;
  kinds: Record<string, number>;
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
      const { processes, connections, lines, gets, kinds, acts } = await readSent(directory);
      await rm(directory, { recursive: true, force: true });
      if (acts.length > 0)
        return failedOnce(`sent and not known to only read:\n${acts.join('\n')}`);
      if (lines + gets === 0) return failedOnce('nothing was read along, which proves nothing');
      const asked = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
      process.stdout.write(
        `${connections} connections with ${lines} lines and ${gets} GETs of ${processes} processes:\n` +
          asked.map(([kind, times]) => `  ${kind}: ${times}\n`).join(''),
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
  const reports = seen!.map((line) => JSON.parse(line) as Report);
  const sum = (key: 'connections' | 'lines' | 'gets'): number =>
    reports.reduce((total, report) => total + report[key], 0);
  const kinds = new Map<string, number>();
  for (const [kind, times] of reports.flatMap((report) => Object.entries(report.kinds))) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + times);
  }
  return {
    processes: reports.length,
    connections: sum('connections'),
    lines: sum('lines'),
    gets: sum('gets'),
    kinds,
    acts: acts!,
  };
}
