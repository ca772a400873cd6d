import { readFile } from 'node:fs/promises';
import type { Format, SchemaRegistry } from '@hopline/client/schemas';
import { type Command, Option } from 'commander';
import { CliError, reasonOf } from '../errors.ts';

export interface RegistryFlags {
  server: string;
  creds?: string;
  bucket: string;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** The options of every verb that asks the registry. */
export function addRegistryOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--server <url>', 'a NATS server')
        .env('NATS_URL')
        .default('nats://127.0.0.1:4222'),
    )
    .option('--creds <file>', 'credentials file for NATS')
    .option('--bucket <name>', 'key-value bucket of the registry', 'schemas');
}

/** All formats. Loaded when asked for: other verbs need none of it. */
export async function loadFormats(): Promise<Format[]> {
  const [{ avro }, { json }, { protobuf }] = await Promise.all([
    import('@hopline/client/codecs/avro'),
    import('@hopline/client/codecs/json'),
    import('@hopline/client/codecs/protobuf'),
  ]);
  return [avro, json, protobuf];
}

export interface OpenRegistry extends AsyncDisposable {
  registry: SchemaRegistry;
}

/** Connects; with `create` the bucket is made when it is not there. */
export async function openRegistry(
  { server, creds, bucket: name }: RegistryFlags,
  { create = false }: { create?: boolean } = {},
): Promise<OpenRegistry> {
  const { connect, credsAuthenticator } = await import('@nats-io/transport-node');
  const { Kvm } = await import('@nats-io/kv');
  const { SchemaRegistry } = await import('@hopline/client/schemas');
  const nc = await connect({
    name: 'hopline schema',
    servers: server,
    timeout: CONNECT_TIMEOUT_MS,
    ...(creds && { authenticator: credsAuthenticator(await readFile(creds)) }),
  }).catch((error: unknown) => {
    throw new CliError('NATS_UNREACHABLE', `cannot reach NATS at ${server}: ${reasonOf(error)}`, {
      cause: error,
    });
  });
  try {
    const kvm = new Kvm(nc);
    // Opening does not ask; the status does.
    const bucket = create ? await kvm.create(name) : await kvm.open(name);
    await bucket.status();
    const registry = new SchemaRegistry({ bucket, formats: await loadFormats() });
    return { registry, [Symbol.asyncDispose]: () => nc.close() };
  } catch (error) {
    await nc.close();
    const hint = create ? '' : '; "hopline schema push" makes it';
    throw new CliError('NO_BUCKET', `cannot open bucket ${name}: ${reasonOf(error)}${hint}`, {
      cause: error,
    });
  }
}
