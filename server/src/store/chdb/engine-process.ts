import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StoreUnavailable } from '../errors.ts';
import type { FromEngine, SessionSpec, ToEngine } from './protocol.ts';

/** As pino's: fields first. */
export interface StoreLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface EngineOptions {
  directory: string;
  configFile: string;
  formatSchemaDir: string;
  database: string;
  sessions: SessionSpec[];
  log: StoreLog;
}

/** The engine's own error, with ClickHouse's number. */
export class EngineError extends Error {
  readonly engineCode: number;

  constructor(message: string, engineCode: number) {
    super(message);
    this.engineCode = engineCode;
  }
}

interface Pending {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

const ENTRY = fileURLToPath(new URL('./engine.ts', import.meta.url));
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** An engine that lived this long was healthy: the next restart is quick again. */
const HEALTHY_MS = 30_000;
/** libuv threads above one per session: the engine's process does nothing else. */
const SPARE_THREADS = 4;
const CLOSE_GRACE_MS = 5_000;
const STDERR_TAIL = 2_000;

/** Keeps one engine process running: starts it, starts it again when it dies, stops it. */
export class EngineProcess implements AsyncDisposable {
  state: 'starting' | 'ready' | 'down' = 'starting';
  version = '';
  /** Why the engine does not run, for messages. */
  lastFailure = 'it is starting';

  readonly #options: EngineOptions;
  readonly #pending = new Map<number, Pending>();
  #readyWaiters: (() => void)[] = [];
  #child: ChildProcess | undefined;
  #nextId = 1;
  #failures = 0;
  #killReason: string | undefined;
  #startedAt = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Runs one statement on a session that the caller holds. Rejects with EngineError or StoreUnavailable. */
  run(session: number, sql: string, format: string): Promise<Uint8Array> {
    if (this.state !== 'ready') return Promise.reject(this.#unavailable());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send({ op: 'run', id, session, sql, format });
    });
  }

  /** Resolves once the engine answers. Rejects with StoreUnavailable after `timeoutMs`. */
  async ready(timeoutMs: number): Promise<void> {
    if (this.state === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#unavailable()), timeoutMs);
      this.#readyWaiters.push(() => {
        clearTimeout(timer);
        if (this.state === 'ready') resolve();
        else reject(this.#unavailable());
      });
    });
  }

  /** Ends the process at once; supervision starts the next one. */
  kill(reason: string): void {
    this.#killReason = reason;
    this.#child?.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      this.#send({ op: 'close' });
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS);
      await exited;
      clearTimeout(timer);
    }
    this.#down('it was stopped');
  }

  #start(): void {
    this.state = 'starting';
    this.#startedAt = Date.now();
    const { directory, configFile, formatSchemaDir, database, sessions } = this.#options;
    const child = fork(ENTRY, [], {
      execArgv: [],
      // Where the engine looks for format schemas: the embedded one ignores `format_schema_path`.
      cwd: formatSchemaDir,
      // Nothing of our environment: the engine reads some variables itself.
      env: { UV_THREADPOOL_SIZE: String(sessions.length + SPARE_THREADS), TZ: 'UTC' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_TAIL);
    });
    child.on('message', (message) => this.#receive(message as FromEngine));
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('exit', (code, signal) => {
      const how = signal ? `it was killed by ${signal}` : `it ended with code ${code}`;
      this.#ended(child, [this.#killReason ?? how, stderr.trim()].filter(Boolean).join(': '));
    });
    this.#send({ op: 'open', directory, configFile, database, sessions });
  }

  #receive(message: FromEngine): void {
    if (message.op === 'opened') {
      this.state = 'ready';
      this.version = message.version;
      const { version, forgotten } = message;
      this.#options.log.info({ pid: this.pid, version, forgotten }, 'store engine is ready');
      this.#wake();
      return;
    }
    if (message.op === 'open-failed') {
      this.kill(message.message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.op === 'done') pending?.resolve(message.bytes);
    else pending?.reject(new EngineError(message.message, message.code));
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (this.#stopping) return;
    this.#killReason = undefined;
    if (Date.now() - this.#startedAt > HEALTHY_MS) this.#failures = 0;
    const ceiling = Math.min(FIRST_DELAY_MS * 2 ** this.#failures++, MAX_DELAY_MS);
    const delayMs = ceiling * (0.5 + Math.random() / 2);
    this.#options.log.warn({ reason: how, delayMs }, 'store engine ended, starting it again');
    this.#down(how);
    this.#restartTimer = setTimeout(() => this.#start(), delayMs);
  }

  #down(reason: string): void {
    this.state = 'down';
    this.lastFailure = reason;
    const error = this.#unavailable();
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    if (this.#stopping) this.#wake();
  }

  #wake(): void {
    for (const wake of this.#readyWaiters.splice(0)) wake();
  }

  #unavailable(): StoreUnavailable {
    return new StoreUnavailable(`cannot reach store engine: ${this.lastFailure}`);
  }

  #send(message: ToEngine): void {
    // A failed send means that the process is ending: 'exit' rejects what is pending.
    if (this.#child?.connected) this.#child.send(message, undefined, {}, () => {});
  }
}
