import { spawn } from 'node:child_process';

/**
 * Runs a Node in this process's place: same terminal, its exit code or its signal for ours. It leads its own
 * process group and is told of signals by us alone: a terminal, `timeout` and npm would each send it the
 * same one. Equal signals of one burst count as one.
 */
export function runNode(node, args, env = process.env) {
  const child = spawn(node, args, { stdio: 'inherit', detached: true, env });
  child.once('error', (error) => {
    console.error(`hopline: cannot run ${node}: ${error.message}`);
    process.exit(1);
  });
  if (child.pid === undefined) return;
  killWithUs(child.pid);
  const burstMs = 500;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let lastMs = 0;
    process.on(signal, () => {
      if (Date.now() - lastMs < burstMs) return;
      lastMs = Date.now();
      child.kill(signal);
    });
  }
  process.on('SIGWINCH', () => child.kill('SIGWINCH'));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** SIGKILL cannot be forwarded: a shell sees our end of a pipe close and ends the child's group. */
function killWithUs(pid) {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -9 -${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.unref();
  guard.stdin.unref();
}
