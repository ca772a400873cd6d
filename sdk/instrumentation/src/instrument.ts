import { NatsInstrumentation } from './nats-instrumentation.ts';

let shared: NatsInstrumentation | undefined;

/**
 * Instruments an open connection and what was made of it (a JetStream client, key-value buckets, object
 * stores), for applications where `require` cannot be watched: bundles, Deno, Bun. Where the classes are
 * instrumented already nothing happens. Rejects when the server does not answer.
 *
 * Everything of the same client is instrumented with it, for as long as the process lives.
 */
export async function instrument<Connection extends object>(
  nc: Connection,
  ...parts: object[]
): Promise<Connection> {
  shared ??= new NatsInstrumentation();
  await shared.instrument(nc, ...parts);
  return nc;
}
