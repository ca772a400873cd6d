import { type Format, memoryCache, SchemaRegistry } from '@hopline/client/schemas';
import type { NatsSettings } from '@hopline/monitor';
import { type KV, Kvm } from '@nats-io/kv';
import { RegistryConnection } from './registry-connection.ts';

export type RegistryState = 'ready' | 'absent' | 'unreachable' | 'off';

/** The registry as it can be read now. */
export interface OpenSchemas {
  /** Without a bucket it knows what was read before, and takes nothing. */
  readonly registry: SchemaRegistry;
  readonly state: RegistryState;
  readonly bucket: string;
  /** Why it is not ready, in words; '' when it is. */
  readonly error: string;
}

/** The schema registry beside the messages, in a key-value bucket of NATS. */
export interface Schemas extends AsyncDisposable {
  /** Never rejects. With `create` a bucket that is not there is made. */
  open(options?: { create?: boolean }): Promise<OpenSchemas>;
}

/** Texts kept in memory for when NATS is away. */
const CACHED_TEXTS = 10_000;
const STREAM_NOT_FOUND = 10059;

/** Connects when it is asked for the first time; a server without schemas has no connection for them. */
export function openSchemas(nats: NatsSettings, bucket: string): Schemas {
  const cache = memoryCache({ max: CACHED_TEXTS });
  const connection = new RegistryConnection(nats);
  let loaded: Promise<Format[]> | undefined;
  let live: { kv: KV; registry: SchemaRegistry; of: unknown } | undefined;

  return {
    async open({ create = false } = {}) {
      loaded ??= loadFormats();
      const formats = await loaded;
      const without = (state: RegistryState, error: string): OpenSchemas => ({
        registry: new SchemaRegistry({ formats, cache }),
        state,
        bucket,
        error,
      });
      if (nats.servers.length === 0) return without('off', 'no NATS server is set: nats.servers');
      try {
        const nc = await connection.get();
        if (live?.of !== nc) {
          const kv = await new Kvm(nc).open(bucket);
          live = { kv, registry: new SchemaRegistry({ bucket: kv, formats, cache }), of: nc };
        }
        if (create) await new Kvm(nc).create(bucket);
        // Opening asks nothing; the status does.
        await live.kv.status();
        return { registry: live.registry, state: 'ready', bucket, error: '' };
      } catch (error) {
        const isAbsent = (error as { code?: unknown }).code === STREAM_NOT_FOUND;
        return isAbsent
          ? without('absent', `there is no bucket ${bucket}`)
          : without('unreachable', error instanceof Error ? error.message : String(error));
      }
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** The codecs' libraries take time and memory that a server without schemas need not spend. */
async function loadFormats(): Promise<Format[]> {
  const [{ avro }, { json }, { protobuf }] = await Promise.all([
    import('@hopline/client/codecs/avro'),
    import('@hopline/client/codecs/json'),
    import('@hopline/client/codecs/protobuf'),
  ]);
  return [avro, json, protobuf];
}
