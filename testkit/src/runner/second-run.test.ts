import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTotals, runTasks } from './run-tasks.ts';
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
  const totals = addTotals(first.totals, await runAgain(first.failures, options));
  return { totals, said: lines.join('') };
}

test('what passes the second time counts as passed and is named', async () => {
  const { totals, said } = await twice([failing('sound', 0), failing('shaky', 1)]);
  assert.deepEqual(totals, { passed: 2, failed: 0, skipped: 0 });
  assert.match(said, /unsteady: shaky failed beside others/);
  assert.doesNotMatch(said, /unsteady: sound/);
});

test('what fails twice has failed, and counts once', async () => {
  const broken = failing('broken', 2);
  const { totals, said } = await twice([failing('sound', 0), broken]);
  assert.deepEqual(totals, { passed: 1, failed: 1, skipped: 0 });
  assert.equal(broken.runs, 2);
  assert.doesNotMatch(said, /unsteady/);
});

test('many failures are no accident: none is run again', async () => {
  const tasks = Array.from({ length: 5 }, (_, index) => failing(`t${index}`, 1));
  const { totals } = await twice(tasks);
  assert.deepEqual(totals, { passed: 0, failed: 5, skipped: 0 });
});
