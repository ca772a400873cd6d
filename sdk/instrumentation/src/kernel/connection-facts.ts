import { ATTR, MESSAGING_SYSTEM } from '@hopline/model';
import type { Attributes } from '@opentelemetry/api';
import { type Destination, isInbox, isQuietDelivery, isQuietSend } from './destination.ts';
import type { Protocol, ServerInfo } from './nats-internals.ts';
import { type Operation, PUBLISH } from './operations.ts';
import { PublishFrame } from './publish-frame.ts';

/** Bounds the memory of a process that uses ever new subjects. */
const PREPARED_MAX = 2000;

/** What an operation on one destination always says; built once, shared by its spans. */
export class Prepared {
  readonly spanName: string;
  readonly attributes: Attributes;
  readonly metricAttributes: Attributes;
  #added: Attributes | undefined;
  #measured: Attributes | undefined;

  constructor(spanName: string, attributes: Attributes, metricAttributes: Attributes) {
    this.spanName = spanName;
    this.attributes = attributes;
    this.metricAttributes = metricAttributes;
  }

  /** The metric attributes and those of one subscription or consumer. */
  measuredWith(added: Attributes): Attributes {
    if (this.#added !== added || !this.#measured) {
      this.#added = added;
      this.#measured = { ...this.metricAttributes, ...added };
    }
    return this.#measured;
  }
}

/** All that publishing without headers to one subject needs. */
export interface PublishPlan {
  subject: string;
  /** Of the destinations, when it was made. */
  version: number;
  prepared: Prepared;
  frame: PublishFrame;
}

/** The last use of a destination, kept on it: nearly always the next one is the same. */
interface Latest {
  facts: ConnectionFacts;
  operation: Operation;
  prepared: Prepared;
}
const LATEST = Symbol('hopline.prepared');

/** One connection as it is now: a reconnect brings another server and another client id. */
export class ConnectionFacts {
  readonly info: ServerInfo | undefined;
  /** With its final dot. */
  readonly inboxPrefix: string;
  readonly #server: Attributes;
  readonly #client: Attributes;
  readonly #prepared = new Map<string, Prepared>();
  readonly #plans = new Map<string, PublishPlan>();
  #latestPlan: PublishPlan | undefined;
  readonly #quietSends = new Map<string, boolean>();
  readonly #quietDeliveries = new Map<string, boolean>();
  readonly #findQuietDelivery = (subject: string): boolean =>
    isQuietDelivery(subject, this.inboxPrefix);

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

  isInbox(subject: string): boolean {
    return isInbox(subject, this.inboxPrefix);
  }

  /**
   * What a publish to `subject` always does; undefined for an inbox or a subject of NATS itself. `version` is
   * that of the destinations: when it is another, `destinationOf` is asked again.
   */
  publishPlan(
    subject: string,
    version: number,
    destinationOf: (subject: string) => Destination,
  ): PublishPlan | undefined {
    const latest = this.#latestPlan;
    if (latest?.subject === subject && latest.version === version) return latest;
    let plan = this.#plans.get(subject);
    if (plan?.version !== version) {
      if (this.isInbox(subject) || this.isQuietSend(subject)) return undefined;
      if (this.#plans.size >= PREPARED_MAX) this.#plans.clear();
      const prepared = this.prepare(PUBLISH, destinationOf(subject));
      plan = { subject, version, prepared, frame: new PublishFrame(subject) };
      this.#plans.set(subject, plan);
    }
    this.#latestPlan = plan;
    return plan;
  }

  /** For a subject that is no inbox. */
  isQuietSend(subject: string): boolean {
    return remembered(this.#quietSends, subject, isQuietSend);
  }

  isQuietDelivery(subject: string): boolean {
    return remembered(this.#quietDeliveries, subject, this.#findQuietDelivery);
  }

  prepare(operation: Operation, destination: Destination): Prepared {
    if (destination.temporary) return this.#build(operation, destination);
    const used = destination as Destination & { [LATEST]?: Latest };
    const latest = used[LATEST];
    if (latest?.facts === this && latest.operation === operation) return latest.prepared;
    const prepared = this.#find(operation, destination);
    used[LATEST] = { facts: this, operation, prepared };
    return prepared;
  }

  #find(operation: Operation, destination: Destination): Prepared {
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
    return new Prepared(`${operation.name} ${label}`, attributes, {
      ...common,
      [ATTR.destinationTemplate]: label,
      ...this.#server,
    });
  }
}

function remembered(
  answers: Map<string, boolean>,
  subject: string,
  find: (subject: string) => boolean,
): boolean {
  let answer = answers.get(subject);
  if (answer === undefined) {
    if (answers.size >= PREPARED_MAX) answers.clear();
    answer = find(subject);
    answers.set(subject, answer);
  }
  return answer;
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
