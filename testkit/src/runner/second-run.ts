import {
  addTotals,
  type Failure,
  type RunOptions,
  type RunResult,
  runTasks,
  subtractTotals,
  type Totals,
} from './run-tasks.ts';

/** More failures than this are no accident of the machine: none is run again. */
const MOST_SECOND_RUNS = 4;

const NOTHING: Totals = { passed: 0, failed: 0, skipped: 0 };

/**
 * Runs again, one at a time, what failed beside others: tests with real clusters and browsers share a
 * small machine with whatever else runs there. What passes now is named as unsteady, so that it gets
 * mended and not forgotten; what fails again has failed.
 *
 * @returns What the second runs change in the totals of the first, and what has failed for good.
 */
export async function runAgain(
  failures: RunResult['failures'],
  options: Omit<RunOptions, 'concurrency'>,
): Promise<RunResult> {
  if (failures.length === 0 || failures.length > MOST_SECOND_RUNS) {
    return { totals: NOTHING, failures };
  }
  options.write(`once more, one at a time: ${failures.length} that failed\n`);
  let change = NOTHING;
  const failed: Failure[] = [];
  for (const { task, counted } of failures) {
    const second = await runTasks([task], { ...options, concurrency: 1 });
    change = addTotals(change, subtractTotals(second.totals, counted));
    failed.push(...second.failures);
    if (second.totals.failed === 0) options.write(`unsteady: ${task.name} failed beside others\n`);
  }
  return { totals: change, failures: failed };
}
