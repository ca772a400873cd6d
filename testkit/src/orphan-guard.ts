import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads lines: `+ PID` to guard a process, `- PID` when it has ended, `d PATH` for a directory. When the
 * pipe closes, because the writer ended in any way, SIGKILL included, kills every process group still
 * listed and removes the directories.
 */
const GUARD_SCRIPT = `
pids=" "
dirs=""
while read -r op value; do
  case $op in
    +) pids="$pids$value " ;;
    -) case $pids in *" $value "*) pids="\${pids%% $value *} \${pids#* $value }" ;; esac ;;
    d) dirs="$dirs$value
" ;;
  esac
done
for pid in $pids; do kill -9 -"$pid" 2>/dev/null; done
printf %s "$dirs" | while read -r dir; do rm -rf "$dir"; done
`;

let guard: ChildProcess | undefined;

/**
 * No process outlives the one that started it: one small shell per process holds the other end of a pipe.
 * The child must lead its own process group (`detached: true`).
 */
export function guardAgainstOrphan(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  tell(`+ ${pid}`);
  child.once('exit', () => tell(`- ${pid}`));
}

/** No temporary directory outlives the process that made it. */
export function guardAgainstLeftover(directory: string): void {
  tell(`d ${directory}`);
}

function tell(line: string): void {
  if (guard === undefined || guard.exitCode !== null) guard = startGuard();
  guard.stdin?.write(`${line}\n`);
}

function startGuard(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', GUARD_SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  // The guard itself must never keep this process alive, nor end it.
  shell.unref();
  shell.on('error', () => {});
  shell.stdin?.on('error', () => {});
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
