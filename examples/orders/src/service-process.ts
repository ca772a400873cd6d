import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceExitError } from './errors.ts';

const READY_TIMEOUT_MS = 30_000;
const LAST_LINES = 8;
/** Of this repository's packages; one that is installed has no use for it. */
const FROM_SOURCE = ['--conditions=hopline-source'];

export interface ServiceOptions {
  /** File in `services/`, without its ending. */
  file: string;
  /** From `services-on-client/` instead. */
  isOnClient: boolean;
  /** Name of this process, its connection and its log file: `fraud-2`. */
  instance: string;
  env: Record<string, string>;
  /** Module to preload, or null. */
  preload: string | null;
  logDir: string;
  /** Called when the process ends though `stop` was not called. */
  onExit: (error: ServiceExitError) => void;
}

/** One service of the example as a process of its own; its log goes to `<logDir>/<instance>.log`. */
export class ServiceProcess implements AsyncDisposable {
  readonly instance: string;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #exited: Promise<unknown>;
  #isStopping = false;

  constructor(options: ServiceOptions) {
    this.instance = options.instance;
    this.#logFile = join(options.logDir, `${options.instance}.log`);
    const log = openSync(this.#logFile, 'w');
    const url = options.isOnClient
      ? new URL(`services-on-client/${options.file}.ts`, import.meta.url)
      : new URL(`services/${options.file}.ts`, import.meta.url);
    const preload = options.preload === null ? [] : ['--import', options.preload];
    this.#child = spawn(process.execPath, [...preload, ...FROM_SOURCE, fileURLToPath(url)], {
      env: { ...process.env, NODE_OPTIONS: '', SERVICE_INSTANCE: options.instance, ...options.env },
      stdio: ['ignore', log, log, 'ipc'],
      // A group of its own: Ctrl-C in the terminal reaches the parent alone, which stops in order.
      detached: true,
    });
    closeSync(log);
    this.#exited = once(this.#child, 'exit').catch((error: unknown) => error);
    void this.#exited.then(() => {
      if (!this.#isStopping) options.onExit(this.#exitError());
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the service takes work; rejects when it ends before, takes too long, or on `signal`. */
  async ready(signal: AbortSignal): Promise<void> {
    const enough = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
    const isReady = once(this.#child, 'message', { signal: enough }).then(
      () => true,
      () => false,
    );
    if (await Promise.race([isReady, this.#exited.then(() => false)])) return;
    signal.throwIfAborted();
    throw this.#exitError();
  }

  /** For a process that does not stop in time; its end is no news any more. */
  kill(): void {
    this.#isStopping = true;
    this.#child.kill('SIGKILL');
  }

  /** Asks for an orderly stop and waits for the end; the services give up by themselves after 5 s. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  #exitError(): ServiceExitError {
    const { exitCode, signalCode } = this.#child;
    const cause =
      exitCode === null && signalCode === null
        ? `not ready after ${READY_TIMEOUT_MS} ms`
        : `it ended with ${signalCode ?? `exit code ${exitCode}`}`;
    const lines = readFileSync(this.#logFile, 'utf8').trimEnd().split('\n');
    return new ServiceExitError(this.instance, cause, lines.slice(-LAST_LINES));
  }
}
