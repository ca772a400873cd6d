import { failedOnce, type Task, type TaskResult } from './task.ts';

/** Of each failure that a run's end repeats. */
const SUMMARY_LINES = 40;

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

export interface RunOptions {
  /** Tasks at once. */
  concurrency: number;
  /** When it aborts, what has not begun counts as failed. */
  signal: AbortSignal;
  write: (text: string) => void;
}

export interface Failure {
  task: Task;
  /** All that the task counted, what passed too. */
  counted: Totals;
  output: string;
}

export interface RunResult {
  totals: Totals;
  /** The tasks in which something failed. */
  failures: readonly Failure[];
}

/** Runs all tasks and says how each went, a line each; failures with all they said. */
export async function runTasks(tasks: readonly Task[], options: RunOptions): Promise<RunResult> {
  let totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const failures: Failure[] = [];
  const queue = tasks.values();
  const lane = async (): Promise<void> => {
    for (const task of queue) {
      const startMs = performance.now();
      const result = await runTask(task, options.signal);
      const counted = { ...result, skipped: result.skipped.length };
      totals = addTotals(totals, counted);
      if (counted.failed > 0) failures.push({ task, counted, output: result.output });
      options.write(report(task.name, { result, seconds: (performance.now() - startMs) / 1000 }));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, lane));
  return { totals, failures };
}

export function addTotals(a: Totals, b: Totals): Totals {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

export function subtractTotals(a: Totals, b: Totals): Totals {
  return addTotals(a, { passed: -b.passed, failed: -b.failed, skipped: -b.skipped });
}

/** The last line of a run, in the form that CI reads. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** A failure for the end of a run: its name, and the end of what it said. */
export function failureSummary({ task, output }: Failure): string {
  const lines = output.trimEnd().split('\n');
  const isCut = lines.length > SUMMARY_LINES;
  return [
    `✖ ${task.name}`,
    ...(isCut ? ['  … (whole above)'] : []),
    ...lines.slice(-SUMMARY_LINES),
    '',
  ].join('\n');
}

async function runTask(task: Task, signal: AbortSignal): Promise<TaskResult> {
  if (signal.aborted) return failedOnce(`not run: ${String(signal.reason)}\n`);
  try {
    return await task.run(signal);
  } catch (error) {
    return failedOnce(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

function report(
  name: string,
  { result, seconds }: { result: TaskResult; seconds: number },
): string {
  const { passed, failed, skipped, output } = result;
  const counts = [
    ...(passed + failed > 1 ? [`${passed + failed} tests`] : []),
    ...(failed > 0 && passed + failed > 1 ? [`${failed} failed`] : []),
    `${seconds.toFixed(1)} s`,
  ];
  return [
    `${failed > 0 ? '✖' : '✔'} ${name} (${counts.join(', ')})\n`,
    ...skipped.map((reason) => `  skipped: ${reason}\n`),
    ...(failed > 0 ? [output.endsWith('\n') ? output : `${output}\n`] : []),
  ].join('');
}
