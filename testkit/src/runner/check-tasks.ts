import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../scripts/run-command.ts';
import { failedOnce, passedOnce, type Task } from './task.ts';

/** A checker is a program that is run in the root of the repository and fails by its exit code. */
interface Checker {
  name: string;
  /** A program of node_modules/.bin, or `node`. */
  command: string;
  args: readonly string[];
}

const CHECKERS: readonly Checker[] = [
  { name: 'types', command: 'tsc', args: ['-p', '.'] },
  { name: 'types of web', command: 'tsc', args: ['-p', 'web'] },
  // Formatting, lint and the order of imports.
  { name: 'format and lint', command: 'biome', args: ['ci', '--colors=off', '.'] },
  // Floating promises, file and parameter sizes.
  { name: 'promises and sizes', command: 'oxlint', args: ['--type-aware'] },
  {
    name: 'walls and cycles',
    command: 'node',
    args: [
      '--conditions=hopline-source',
      fileURLToPath(import.meta.resolve('../checks/check-walls.ts')),
    ],
  },
  { name: 'unused code', command: 'knip', args: ['--no-progress', '--no-config-hints'] },
];

export function checkTasks(root: string): Task[] {
  return CHECKERS.map(({ name, command, args }) => ({
    name: `check: ${name}`,
    run: async () => {
      const program =
        command === 'node' ? process.execPath : `${root}/node_modules/.bin/${command}`;
      const { code, stdout, stderr } = await runCommand(program, args, { cwd: root });
      return code === 0 ? passedOnce() : failedOnce(stdout + stderr);
    },
  }));
}
