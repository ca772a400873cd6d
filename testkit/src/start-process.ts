import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { ProcessFailed } from './errors.ts';
import { logPathFor } from './kept-logs.ts';
import { guardAgainstOrphan } from './orphan-guard.ts';
import { waitFor } from './wait-for.ts';

/** The last part of what a process said is held in memory; all of it is in the log file. */
const OUTPUT_CHARACTERS = 1_000_000;
/** Between the end of a process and the end of its output. */
const LAST_OUTPUT_MS = 300;

export interface ProcessOptions {
  /** For messages and the log file. */
  name: string;
  args: readonly string[];
  /** Default: this Node, and then with `--conditions=hopline-source`. */
  command?: string;
  cwd?: string;
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  /** Ready when the output (stdout and stderr together) matches; without it, ready at once. */
  readyLine?: RegExp;
  readyTimeoutMs?: number;
  /** Between SIGTERM and SIGKILL when disposed. */
  stopTimeoutMs?: number;
  /** Called for each piece of output as it comes. */
  onOutput?: (text: string) => void;
}

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly logPath: string;
  /** What `readyLine` matched; empty without one. */
  readonly ready: readonly string[];
  readonly exited: Promise<ProcessExit>;
  readonly running: boolean;
  /** What it said so far, stdout and stderr in order of arrival. */
  output(): string;
  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<ProcessExit>;
  /** SIGTERM, then SIGKILL after `stopTimeoutMs`. Disposing also ends what the process left behind. */
  stop(): Promise<ProcessExit>;
}

/**
 * Starts a process in a group of its own: Ctrl-C reaches only us, who then stop it in order; and it is
 * killed when we die (orphan-guard.ts). Throws ProcessFailed when it ends or stays silent before ready.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const own = options.command === undefined;
  const child = spawn(
    options.command ?? process.execPath,
    [...(own ? ['--conditions=hopline-source'] : []), ...options.args],
    {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  guardAgainstOrphan(child);
  const running = new SpawnedProcess(child, options);
  if (options.readyLine === undefined) return running;
  try {
    await running.becomeReady(options.readyLine);
    return running;
  } catch (error) {
    await running.kill();
    throw error;
  }
}

class SpawnedProcess implements RunningProcess {
  readonly name: string;
  readonly logPath: string;
  readonly exited: Promise<ProcessExit>;
  ready: readonly string[] = [];
  readonly #child: ChildProcess;
  readonly #options: ProcessOptions;
  #output = '';
  #exit: ProcessExit | undefined;

  constructor(child: ChildProcess, options: ProcessOptions) {
    this.name = options.name;
    this.logPath = logPathFor(options.name);
    this.#child = child;
    this.#options = options;
    const log = createWriteStream(this.logPath);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        log.write(text);
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS);
        options.onOutput?.(text);
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (exit: ProcessExit): void => {
        this.#exit ??= exit;
        log.end();
        resolve(this.#exit);
      };
      child.once('error', (error) => {
        this.#output += `${error.message}\n`;
        end({ code: null, signal: null });
      });
      child.once('close', (code, signal) => end({ code, signal }));
      // The last output belongs to the process, but its own children may hold the pipe open.
      child.once('exit', (code, signal) => {
        setTimeout(() => end({ code, signal }), LAST_OUTPUT_MS).unref();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    const { exitCode, signalCode } = this.#child;
    return this.#exit === undefined && exitCode === null && signalCode === null;
  }

  output(): string {
    return this.#output;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<ProcessExit> {
    if (this.running) this.#child.kill(signal);
    return await this.exited;
  }

  async stop(): Promise<ProcessExit> {
    if (!this.running) return await this.exited;
    const timer = setTimeout(
      () => this.#child.kill('SIGKILL'),
      this.#options.stopTimeoutMs ?? 5000,
    );
    try {
      return await this.kill('SIGTERM');
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    try {
      // Whatever it started and left behind.
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // The usual case: nobody is left in the group.
    }
  }

  async becomeReady(readyLine: RegExp): Promise<void> {
    const seen = (): RegExpExecArray | null => readyLine.exec(this.#output);
    const timeoutMs = this.#options.readyTimeoutMs ?? 20_000;
    try {
      const match = await waitFor(() => (this.running ? seen() : ['']), {
        message: `${readyLine} from ${this.name}`,
        timeoutMs,
      });
      if (!this.running) {
        const { code, signal } = await this.exited;
        const last = seen();
        // A task that said so and ended well before anybody looked.
        if (last && code === 0) {
          this.ready = last;
          return;
        }
        throw this.#failed(`cannot start ${this.name}: it ended with ${signal ?? `code ${code}`}`);
      }
      this.ready = match;
    } catch (error) {
      if (error instanceof ProcessFailed) throw error;
      throw this.#failed(`cannot start ${this.name}: not ready within ${timeoutMs} ms`);
    }
  }

  #failed(message: string): ProcessFailed {
    return new ProcessFailed(message, { output: this.#output, logPath: this.logPath });
  }
}

/** For lines that come later than `readyLine`. */
export async function waitForOutput(
  running: RunningProcess,
  line: RegExp,
  timeoutMs = 10_000,
): Promise<RegExpExecArray> {
  return await waitFor(() => line.exec(running.output()), {
    message: `${line} in the output of ${running.name} (log: ${running.logPath})`,
    timeoutMs,
  });
}
