import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTotals, failureSummary, runTasks } from './run-tasks.ts';
import { runAgain } from './second-run.ts';
import { failedOnce, passedOnce, type Task } from './task.ts';

const signal = new AbortController().signal;

/** Fails so many times, then passes. */
function failing(name: string, times: number): Task & { runs: number } {
  const task = {
    name,
    runs: 0,
    run: async () => {
      task.runs += 1;
      return await Promise.resolve(task.runs > times ? passedOnce() : failedOnce('broken'));
    },
  };
  return task;
}

async function twice(tasks: readonly Task[]) {
  const lines: string[] = [];
  const options = { signal, write: (text: string) => void lines.push(text) };
  const first = await runTasks(tasks, { ...options, concurrency: 2 });
  const second = await runAgain(first.failures, options);
  return {
    totals: addTotals(first.totals, second.totals),
    failed: second.failures.map(failureSummary),
    said: lines.join(''),
  };
}

test('what passes the second time counts as passed and is named', async () => {
  const { totals, failed, said } = await twice([failing('sound', 0), failing('shaky', 1)]);
  assert.deepEqual(failed, []);
  assert.deepEqual(totals, { passed: 2, failed: 0, skipped: 0 });
  assert.match(said, /unsteady: shaky failed beside others/);
  assert.doesNotMatch(said, /unsteady: sound/);
});

test('what fails twice has failed, and counts once', async () => {
  const broken = failing('broken', 2);
  const { totals, failed, said } = await twice([failing('sound', 0), broken]);
  assert.deepEqual(failed, ['✖ broken\nbroken\n']);
  assert.deepEqual(totals, { passed: 1, failed: 1, skipped: 0 });
  assert.equal(broken.runs, 2);
  assert.doesNotMatch(said, /unsteady/);
});

test('many failures are no accident: none is run again', async () => {
  const tasks = Array.from({ length: 5 }, (_, index) => failing(`t${index}`, 1));
  const { totals, failed } = await twice(tasks);
  assert.equal(failed.length, 5);
  assert.deepEqual(totals, { passed: 0, failed: 5, skipped: 0 });
});

test('of a failure that says much, a run ends with the last lines', () => {
  const output = Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n');
  const counted = { passed: 0, failed: 1, skipped: 0 };
  const summary = failureSummary({ task: failing('long', 1), counted, output });
  assert.match(summary, /^✖ long\n {2}… \(whole above\)\nline 60\n/);
  assert.match(summary, /line 99\n$/);
});
