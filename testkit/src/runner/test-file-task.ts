import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import type { Task, TaskResult } from './task.ts';

/** A file of node:test tests in a process of its own; past the limit it is ended and has failed. */
export function testFileTask(path: string, options: { root: string; timeoutMs: number }): Task {
  return {
    name: relative(options.root, path),
    run: (signal) => runFile(path, { timeoutMs: options.timeoutMs, signal }),
  };
}

async function runFile(
  path: string,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<TaskResult> {
  const counts = new Counts(path);
  // Not the option `timeout`: it waits for a process that does not end.
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const events = run({ files: [path], signal })
    .on('test:pass', (event) => counts.add(event, true))
    .on('test:fail', (event) => counts.add(event, false));
  let output = '';
  for await (const text of events.compose(new spec())) output += text;
  return counts.result(output);
}

/** The parts of node:test's events that are read here. */
interface TestEvent {
  name: string;
  skip?: string | boolean | undefined;
  todo?: string | boolean | undefined;
  details: { type?: string | undefined; error?: Error | undefined };
}

const hasFailedTests = ({ details: { error } }: TestEvent): boolean =>
  error !== undefined && 'failureType' in error && error.failureType === 'subtestsFailed';

class Counts {
  readonly #path: string;
  readonly #skipped: string[] = [];
  readonly #complaints: string[] = [];
  #passed = 0;
  #failed = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(event: TestEvent, ok: boolean): void {
    // A suite counts only where it failed by itself: its tests were counted before it.
    if (event.details.type === 'suite' && (ok || hasFailedTests(event))) return;
    const skip = event.skip || event.todo;
    if (skip) this.#skip(event.name, skip);
    else if (!ok) this.#failed += 1;
    // The runner lets a file without tests pass under its own name.
    else if (event.name === this.#path) this.#complain('no test in this file');
    else this.#passed += 1;
  }

  result(output: string): TaskResult {
    if (this.#passed + this.#failed + this.#skipped.length === 0) this.#complain('no test ran');
    return {
      passed: this.#passed,
      failed: this.#failed,
      skipped: this.#skipped,
      output: output + this.#complaints.map((complaint) => `✖ ${complaint}\n`).join(''),
    };
  }

  #skip(name: string, reason: string | boolean): void {
    if (typeof reason === 'string' && reason !== '') this.#skipped.push(`${name}: ${reason}`);
    else this.#complain(`skipped without a reason: ${name}`);
  }

  #complain(complaint: string): void {
    this.#failed += 1;
    this.#complaints.push(complaint);
  }
}
