import { TOOLS } from './paths.ts';
import { runCommand } from './run-command.ts';

/** Message tracing and `/raftz` over `$SYS` came with 2.11. */
const OLDEST = [2, 11] as const;

/** Path of a nats-server that is new enough: on PATH, else in `.tools`. */
export async function findNatsServer(): Promise<string> {
  for (const path of ['nats-server', `${TOOLS}/nats-server`]) {
    const { code, stdout } = await runCommand(path, ['--version']);
    const version = /v(\d+)\.(\d+)/.exec(stdout);
    if (code !== 0 || version === null) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return path;
  }
  throw new Error('cannot find nats-server 2.11 or newer on PATH or in .tools');
}
