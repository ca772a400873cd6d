/**
 * npm test [-- WORD...]: everything, or the checks and files whose name contains one of the words.
 * With `--record` (npm run test:recorded) all processes are read along, the monitor's `*.long.ts` too: recorder/.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/build.ts';
import { findChromium } from '../../scripts/chromium.ts';
import { findNatsServer } from '../../scripts/nats-server.ts';
import { REPOSITORY } from '../../scripts/paths.ts';
import { findPrometheus } from '../../scripts/prometheus.ts';
import { findPromtool } from '../../scripts/promtool.ts';
import { recordSent } from './recorder/record-sent.ts';
import { checkTasks } from './runner/check-tasks.ts';
import { findTestFiles } from './runner/find-test-files.ts';
import { type Phase, runPhases } from './runner/run-phases.ts';
import { passedOnce, type Task } from './runner/task.ts';
import { testFileTask } from './runner/test-file-task.ts';

const cores = availableParallelism();
const files = await findTestFiles(REPOSITORY);
const fileTasks = (paths: readonly string[], timeoutMs: number): Task[] =>
  paths.map((path) => testFileTask(path, { root: REPOSITORY, timeoutMs }));

const words = process.argv.slice(2);
// Those of the SDKs have connections of a user, and installations of their own.
const longOfMonitor = files.long.filter((path) => path.startsWith(join(REPOSITORY, 'monitor/')));
const isRecording = words.includes('--record');
const records = isRecording ? [await recordSent()] : [];

const phases: Phase[] = [
  {
    always: true,
    concurrency: 1,
    tasks: [
      preparation('nats-server', findNatsServer),
      preparation('prometheus', findPrometheus),
      preparation('promtool', findPromtool),
      preparation('chromium', findChromium),
      preparation('builds', ensureBuilt),
    ],
  },
  { concurrency: cores, tasks: checkTasks(REPOSITORY) },
  { concurrency: cores, tasks: fileTasks(files.unit, 60_000) },
  {
    concurrency: Math.min(cores, 2),
    tasks: fileTasks(files.integration, 300_000),
    secondRun: true,
  },
  // One at a time: each starts a cluster, the example system, the product and a browser.
  { concurrency: 1, tasks: fileTasks(files.endToEnd, 600_000), secondRun: true },
  { concurrency: 1, tasks: isRecording ? fileTasks(longOfMonitor, 1_800_000) : [] },
  { always: true, concurrency: 1, tasks: records, last: true },
];

await runPhases(phases, {
  words: words.filter((word) => word !== '--record'),
  timeoutMs: (isRecording ? 120 : 60) * 60_000,
});

function preparation(name: string, prepare: () => Promise<unknown>): Task {
  return {
    name: `prepare: ${name}`,
    run: async () => {
      await prepare();
      return passedOnce();
    },
  };
}
