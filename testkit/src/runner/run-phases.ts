import { addTotals, runTasks, type Totals, totalsLine } from './run-tasks.ts';
import type { Task } from './task.ts';

/** Tasks that may run beside each other; a phase begins when the one before it has ended. */
export interface Phase {
  concurrency: number;
  tasks: readonly Task[];
  /** Runs whatever words are given: the others need it. */
  always?: boolean;
}

export interface PhasesOptions {
  /** Only tasks whose name contains one of them; none: all. */
  words: readonly string[];
  /** Of the whole run; what has not begun by then has failed. */
  timeoutMs: number;
}

/**
 * Runs the phases, prints the totals as the last line and sets the exit code. Nothing is totalled when
 * the run is interrupted or matches nothing.
 */
export async function runPhases(phases: readonly Phase[], options: PhasesOptions): Promise<void> {
  const selected = phases.map((phase) => ({ ...phase, tasks: matching(phase, options.words) }));
  if (!selected.some(({ always, tasks }) => !always && tasks.length > 0)) {
    console.error(`cannot find a test for: ${options.words.join(' ')}`);
    process.exitCode = 1;
    return;
  }
  const timeout = AbortSignal.timeout(options.timeoutMs);
  let totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { tasks, concurrency } of selected) {
    const write = (text: string): void => void process.stdout.write(text);
    totals = addTotals(totals, await runTasks(tasks, { concurrency, signal: timeout, write }));
  }
  console.log(totalsLine(totals));
  if (totals.failed > 0) process.exitCode = 1;
}

function matching({ tasks, always }: Phase, words: readonly string[]): readonly Task[] {
  if (always || words.length === 0) return tasks;
  return tasks.filter(({ name }) => words.some((word) => name.includes(word)));
}
