/** One thing that can pass or fail as a whole: a checker, or a file of tests. */
export interface Task {
  name: string;
  run(signal: AbortSignal): Promise<TaskResult>;
}

export interface TaskResult {
  passed: number;
  failed: number;
  /** Name and reason of each. */
  skipped: readonly string[];
  /** Shown when something failed. */
  output: string;
}

export function passedOnce(): TaskResult {
  return { passed: 1, failed: 0, skipped: [], output: '' };
}

export function failedOnce(output: string): TaskResult {
  return { passed: 0, failed: 1, skipped: [], output };
}
