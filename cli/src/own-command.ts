import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How the user calls this program: for commands to copy. */
export function ownCommand(env: NodeJS.ProcessEnv = process.env): string {
  if (existsSync(join(import.meta.dirname, '../../package-lock.json'))) {
    return 'npm run -s hopline --';
  }
  return env.npm_command === 'exec' ? 'npx hopline' : 'hopline';
}
