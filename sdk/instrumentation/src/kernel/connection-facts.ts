import { ATTR, MESSAGING_SYSTEM } from '@hopline/model';
import type { Attributes } from '@opentelemetry/api';
import type { Destination } from './destination.ts';
import type { Protocol, ServerInfo } from './nats-internals.ts';
import type { Operation } from './operations.ts';

/** Bounds the memory of a process that uses ever new subjects. */
const PREPARED_MAX = 2000;

/** What an operation on one destination always says; built once, shared by its spans. */
export interface Prepared {
  spanName: string;
  attributes: Attributes;
  metricAttributes: Attributes;
}

/** One connection as it is now: a reconnect brings another server and another client id. */
export class ConnectionFacts {
  readonly info: ServerInfo | undefined;
  /** With its final dot. */
  readonly inboxPrefix: string;
  readonly #server: Attributes;
  readonly #client: Attributes;
  readonly #prepared = new Map<string, Prepared>();

  constructor(protocol: Protocol) {
    this.info = protocol.info;
    this.inboxPrefix = `${protocol.options?.inboxPrefix ?? '_INBOX'}.`;
    const { server } = protocol;
    this.#server = server
      ? { [ATTR.serverAddress]: server.hostname, [ATTR.serverPort]: Number(server.port) }
      : {};
    this.#client = {};
    const clientId = protocol.info?.client_id;
    if (clientId !== undefined) this.#client[ATTR.clientId] = String(clientId);
    if (protocol.options?.name) this.#client[ATTR.connectionName] = protocol.options.name;
  }

  prepare(operation: Operation, destination: Destination): Prepared {
    if (destination.temporary) return this.#build(operation, destination);
    const key = `${operation.name} ${destination.template ?? ''} ${destination.name ?? ''}`;
    let prepared = this.#prepared.get(key);
    if (!prepared) {
      if (this.#prepared.size >= PREPARED_MAX) this.#prepared.clear();
      prepared = this.#build(operation, destination);
      this.#prepared.set(key, prepared);
    }
    return prepared;
  }

  #build(operation: Operation, destination: Destination): Prepared {
    const label = destination.template ?? destination.name ?? '';
    const common = {
      [ATTR.system]: MESSAGING_SYSTEM,
      [ATTR.operationName]: operation.name,
      [ATTR.operationType]: operation.type,
    };
    const attributes: Attributes = {
      ...common,
      ...this.#server,
      ...this.#client,
    };
    if (destination.name !== undefined) attributes[ATTR.destination] = destination.name;
    if (destination.template !== undefined) {
      attributes[ATTR.destinationTemplate] = destination.template;
    }
    if (destination.temporary) attributes[ATTR.destinationTemporary] = true;
    return {
      spanName: `${operation.name} ${label}`,
      attributes,
      metricAttributes: { ...common, [ATTR.destinationTemplate]: label, ...this.#server },
    };
  }
}

const FACTS = Symbol('hopline.connection');

/** The facts of a connection; made anew when the client has met another server. */
export function factsOf(protocol: Protocol): ConnectionFacts {
  const holder = protocol as Protocol & { [FACTS]?: ConnectionFacts };
  let facts = holder[FACTS];
  if (!facts || facts.info !== protocol.info) {
    facts = new ConnectionFacts(protocol);
    Object.defineProperty(holder, FACTS, { value: facts, configurable: true, enumerable: false });
  }
  return facts;
}
