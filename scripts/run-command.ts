import { spawn } from 'node:child_process';

export interface CommandResult {
  /** 127 when the program is not there, as in a shell. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Default 10 minutes: a download on a slow line. */
  timeoutMs?: number;
}

/** Runs a program to its end and never throws; stdin is closed, so nothing can ask a question. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Not the option of spawn: its timer stays when the program is not there.
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 600_000);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve({ code: error.code === 'ENOENT' ? 127 : 126, stdout, stderr: error.message });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const ended = signal === null ? '' : `ended with ${signal}\n`;
      resolve({ code: code ?? 1, stdout, stderr: stderr + ended });
    });
  });
}
