/** Runs the file of tests that the first argument names, and prints the result as JSON. */
import { dirname } from 'node:path';

// node:test refuses to run files from within a test file; this process is not one.
delete process.env.NODE_TEST_CONTEXT;
const { testFileTask } = await import('../test-file-task.ts');

const [, , path = ''] = process.argv;
const task = testFileTask(path, { root: dirname(path), timeoutMs: 3000 });
const result = await task.run(new AbortController().signal);
console.log(JSON.stringify({ name: task.name, ...result }));
