import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer } from '../../scripts/nats-server.ts';
import { ProcessFailed } from './errors.ts';
import { freePort } from './free-port.ts';
import { type NatsConfigOptions, type NatsPlace, natsConfig, SYSTEM_USER } from './nats-config.ts';
import { type ProcessExit, type RunningProcess, startProcess } from './start-process.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

const RESTART_MS = 10_000;

export interface NatsOptions extends NatsConfigOptions {
  /** `server_name`. Default `nats`. */
  name?: string;
  /** Default: a free one. With a given port a conflict is an error. */
  port?: number;
  monitorPort?: number;
  /** Path of a nats-server. Default: the one that every test uses. */
  binary?: string;
}

/** One real nats-server. It keeps its ports and its store over `kill` and `restart`. */
export interface NatsServer extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly monitorUrl: string;
  /** Changes with each restart. */
  readonly pid: number;
  readonly running: boolean;
  readonly logPath: string;
  /** Credentials of the system account. */
  readonly systemUser: { readonly user: string; readonly password: string };
  /** Sends a signal and does not wait: SIGHUP reloads, SIGUSR2 is lame duck mode, SIGSTOP freezes. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<ProcessExit>;
  /** Ends it if it runs, and starts it again; resolves when it accepts clients. */
  restart(): Promise<void>;
  /** What the running one said so far. */
  output(): string;
}

/** Another process may take a free port before the server does. */
const PORT_ATTEMPTS = 5;

/** A single server with JetStream in a temporary directory. */
export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  const pinned = options.port !== undefined || options.monitorPort !== undefined;
  return await retryPorts(pinned ? 1 : PORT_ATTEMPTS, async () => {
    const place = {
      name: options.name ?? 'nats',
      port: options.port ?? (await freePort()),
      monitorPort: options.monitorPort ?? (await freePort()),
    };
    return await startNatsAt(place, options);
  });
}

/** Runs again with new ports as long as one was taken. */
export async function retryPorts<T>(attempts: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const taken = error instanceof ProcessFailed && /address already in use/.test(error.output);
    if (!taken || attempts <= 1) throw error;
    return await retryPorts(attempts - 1, start);
  }
}

export async function startNatsAt(
  place: Omit<NatsPlace, 'storeDir'>,
  options: NatsConfigOptions & Pick<NatsOptions, 'binary'>,
): Promise<NatsServer> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir(place.name));
  const storeDir = join(dir.path, 'jetstream');
  await mkdir(storeDir);
  const configPath = join(dir.path, 'nats.conf');
  await writeFile(configPath, natsConfig({ ...place, storeDir }, options));
  const binary = options.binary ?? (await findNatsServer());
  const launch = (): Promise<RunningProcess> => launchNats(binary, place.name, configPath);
  const running = await launch();
  stack.move();
  return new LocalNatsServer(place, { dir, launch, running });
}

async function launchNats(
  command: string,
  name: string,
  configPath: string,
): Promise<RunningProcess> {
  return await startProcess({
    name: `nats-${name}`,
    command,
    args: ['-c', configPath],
    readyLine: /Server is ready/,
  });
}

class LocalNatsServer implements NatsServer {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly monitorUrl: string;
  readonly systemUser = SYSTEM_USER;
  readonly #dir: TempDir;
  readonly #launch: () => Promise<RunningProcess>;
  #running: RunningProcess;

  constructor(
    place: { name: string; port: number; monitorPort: number },
    parts: { dir: TempDir; launch: () => Promise<RunningProcess>; running: RunningProcess },
  ) {
    this.name = place.name;
    this.port = place.port;
    this.url = `nats://127.0.0.1:${place.port}`;
    this.monitorUrl = `http://127.0.0.1:${place.monitorPort}`;
    this.#dir = parts.dir;
    this.#launch = parts.launch;
    this.#running = parts.running;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get running(): boolean {
    return this.#running.running;
  }

  get logPath(): string {
    return this.#running.logPath;
  }

  output(): string {
    return this.#running.output();
  }

  signal(signal: NodeJS.Signals): void {
    this.#running.signal(signal);
  }

  async kill(signal?: NodeJS.Signals): Promise<ProcessExit> {
    return await this.#running.kill(signal);
  }

  async restart(): Promise<void> {
    await this.#running.stop();
    // A probe for a free port elsewhere on this machine may hold one of ours for a moment.
    this.#running = await waitFor(() => this.#launchUnlessTaken(), {
      message: `${this.name} on its old ports`,
      timeoutMs: RESTART_MS,
      intervalMs: 200,
    });
  }

  async #launchUnlessTaken(): Promise<RunningProcess | null> {
    try {
      return await this.#launch();
    } catch (error) {
      if (error instanceof ProcessFailed && error.output.includes('address already in use')) {
        return null;
      }
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}
