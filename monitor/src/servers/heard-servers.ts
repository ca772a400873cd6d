import type { AskSystem } from '../transport/system-client.ts';
import type { AskedServer } from './known-servers.ts';
import { type MonitoringServer, serverAtId } from './monitoring-server.ts';
import type { ServerSigns } from './system-account.ts';

export interface HeardServersOptions {
  ask: AskSystem;
  /** Of one request. */
  timeoutMs: number;
  maxBodyBytes?: number | undefined;
  allRaftGroups?: boolean | undefined;
}

interface Heard {
  id: string;
  server: MonitoringServer;
}

/** Each is asked a dozen questions; the answers of so many are held at once. */
const AT_ONCE = 16;

/** Servers found by their heartbeats, asked over the system account by their id: no URL leads to them. */
export class HeardServers {
  readonly #options: HeardServersOptions;
  #heard = new Map<string, Heard>();

  constructor(options: HeardServersOptions) {
    this.#options = options;
  }

  /** Asks those that are wanted and have not announced their end, once each. */
  async ask(
    signs: ReadonlyMap<string, ServerSigns>,
    isWanted: (name: string) => boolean,
  ): Promise<AskedServer[]> {
    this.#heard = new Map(
      [...signs]
        .filter(([, { announced }]) => announced !== 'shutdown')
        .map(([name, { server }]) => [name, this.#heardAs(server)]),
    );
    const asked: AskedServer[] = [];
    const rest = [...this.#heard].filter(([name]) => isWanted(name)).values();
    const askNext = async (): Promise<void> => {
      for (const [heardAs, { server }] of rest) {
        const answer = await server.ask();
        asked.push({ status: server.status, answer, heardAs });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askNext));
    return asked;
  }

  /** One that has started again has another id, and all that was known of it is void. */
  #heardAs({ id, name }: { id: string; name: string }): Heard {
    const before = this.#heard.get(name);
    if (before?.id === id) return before;
    const { ask, ...options } = this.#options;
    return { id, server: serverAtId({ id, name }, ask, options) };
  }
}
