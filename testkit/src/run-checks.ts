/** npm run check [-- WORD...]: what needs no server. Checkers first, then the unit tests. */
import { availableParallelism } from 'node:os';
import { REPOSITORY } from '../../scripts/paths.ts';
import { checkTasks } from './runner/check-tasks.ts';
import { findTestFiles } from './runner/find-test-files.ts';
import { runPhases } from './runner/run-phases.ts';
import { testFileTask } from './runner/test-file-task.ts';

const concurrency = availableParallelism();
const { unit } = await findTestFiles(REPOSITORY);
const unitTasks = unit.map((path) => testFileTask(path, { root: REPOSITORY, timeoutMs: 60_000 }));

await runPhases(
  [
    { concurrency, tasks: checkTasks(REPOSITORY) },
    { concurrency, tasks: unitTasks },
  ],
  { words: process.argv.slice(2), timeoutMs: 15 * 60_000 },
);
