import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  decodeProtobuf,
  hex,
  integer,
  messages,
  type ProtobufMessage,
  text,
} from './protobuf-message.ts';

export type AttributeValue = string | number | boolean | undefined;
export type Attributes = Record<string, AttributeValue>;

export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  kind: number;
  startNs: bigint;
  endNs: bigint;
  attributes: Attributes;
  links: string[];
  resource: Attributes;
}

export interface ReceivedLog {
  body: string;
  severity: string;
  traceId: string;
  spanId: string;
  attributes: Attributes;
  resource: Attributes;
}

/** A tiny OTLP/HTTP protobuf endpoint that keeps what it is sent. */
export class OtlpReceiver implements AsyncDisposable {
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  readonly metrics = new Map<string, ProtobufMessage>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.#receive(request.url ?? '', Buffer.concat(chunks));
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(path: string, body: Uint8Array): void {
    for (const group of messages(decodeProtobuf(body), 1)) {
      const resource = attributesOf(messages(group, 1)[0] ?? new Map(), 1);
      for (const scope of messages(group, 2)) {
        for (const item of messages(scope, 2)) {
          if (path === '/v1/traces') this.spans.push(spanOf(item, resource));
          if (path === '/v1/logs') this.logs.push(logOf(item, resource));
          if (path === '/v1/metrics') this.metrics.set(text(item, 1), item);
        }
      }
    }
  }
}

function spanOf(span: ProtobufMessage, resource: Attributes): ReceivedSpan {
  return {
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    kind: Number(integer(span, 6)),
    startNs: integer(span, 7),
    endNs: integer(span, 8),
    attributes: attributesOf(span, 9),
    links: messages(span, 13).map((link) => hex(link, 2)),
    resource,
  };
}

function logOf(record: ProtobufMessage, resource: Attributes): ReceivedLog {
  return {
    severity: text(record, 3),
    body: text(messages(record, 5)[0] ?? new Map(), 1),
    attributes: attributesOf(record, 6),
    traceId: hex(record, 9),
    spanId: hex(record, 10),
    resource,
  };
}

function attributesOf(message: ProtobufMessage, field: number): Attributes {
  const entries = messages(message, field).map((pair): [string, AttributeValue] => {
    const value = messages(pair, 2)[0] ?? new Map();
    if (value.has(1)) return [text(pair, 1), text(value, 1)];
    if (value.has(2)) return [text(pair, 1), integer(value, 2) === 1n];
    return [text(pair, 1), value.has(3) ? Number(integer(value, 3)) : undefined];
  });
  return Object.fromEntries(entries);
}
