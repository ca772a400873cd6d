import {
  addTotals,
  type Failure,
  failureSummary,
  runTasks,
  type Totals,
  totalsLine,
} from './run-tasks.ts';
import { runAgain } from './second-run.ts';
import type { Task } from './task.ts';

/** Tasks that may run beside each other; a phase begins when the one before it has ended. */
export interface Phase {
  concurrency: number;
  tasks: readonly Task[];
  /** Runs whatever words are given: the others need it. */
  always?: boolean;
  /** A task that fails is run once more, alone, at the end (second-run.ts). */
  secondRun?: boolean;
  /** Waits for the second runs too. */
  last?: boolean;
}

export interface PhasesOptions {
  /** Only tasks whose name contains one of them; none: all. */
  words: readonly string[];
  /** Of the whole run; what has not begun by then has failed. */
  timeoutMs: number;
}

/**
 * Runs the phases, prints what failed and, as the last line, the totals, and sets the exit code. Nothing
 * is totalled when the run is interrupted or matches nothing.
 */
export async function runPhases(phases: readonly Phase[], options: PhasesOptions): Promise<void> {
  const selected = phases.map((phase) => ({ ...phase, tasks: matching(phase, options.words) }));
  if (!selected.some(({ always, tasks }) => !always && tasks.length > 0)) {
    console.error(`cannot find a test for: ${options.words.join(' ')}`);
    process.exitCode = 1;
    return;
  }
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const write = (text: string): void => void process.stdout.write(text);
  let totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const unsteady: Failure[] = [];
  const failures: Failure[] = [];
  const run = async (isLast: boolean): Promise<void> => {
    for (const { tasks, concurrency, secondRun, last = false } of selected) {
      if (last !== isLast) continue;
      const result = await runTasks(tasks, { concurrency, signal: timeout, write });
      totals = addTotals(totals, result.totals);
      (secondRun ? unsteady : failures).push(...result.failures);
    }
  };
  await run(false);
  const again = await runAgain(unsteady, { signal: timeout, write });
  totals = addTotals(totals, again.totals);
  failures.push(...again.failures);
  await run(true);
  // Once more where they are found: a long run's log is often read, or kept, only from its end.
  for (const failure of failures) write(failureSummary(failure));
  console.log(totalsLine(totals));
  if (totals.failed > 0) process.exitCode = 1;
}

function matching({ tasks, always }: Phase, words: readonly string[]): readonly Task[] {
  if (always || words.length === 0) return tasks;
  return tasks.filter(({ name }) => words.some((word) => name.includes(word)));
}
