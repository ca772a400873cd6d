import type { Kernel } from '../kernel/kernel.ts';
import type { Prototype } from '../kernel/nats-internals.ts';
import type { Undo } from '../kernel/wrap.ts';

/** One part of a client, patched where its file is loaded. */
export interface Surface {
  /** Package and file, as `require` resolves them. */
  module: string;
  file: string;
  versions: string[];
  /** Patches the file's exports; the answer takes all of it back. */
  patch(exports: Record<string, { prototype: Prototype } | undefined>, kernel: Kernel): Undo;
}

/** With pre-releases: `@nats-io/services` brings one as its own copy of the core. */
export const NATS_CORE = { module: '@nats-io/nats-core', versions: ['>=3.0.0-0 <4'] };
export const JETSTREAM = { module: '@nats-io/jetstream', versions: ['>=3.0.0-0 <4'] };
export const KV = { module: '@nats-io/kv', versions: ['>=3.0.0-0 <4'] };
export const OBJECTS = { module: '@nats-io/obj', versions: ['>=3.0.0-0 <4'] };
export const SERVICES = { module: '@nats-io/services', versions: ['>=3.0.0-0 <4'] };
export const LEGACY = { module: 'nats', versions: ['>=2.29.0 <3'] };

/** The same part in the `nats` 2.x package, whose classes and methods have the same names. */
export function inLegacyClient(surface: Surface): Surface {
  const inJetStream = [JETSTREAM, KV, OBJECTS].some(({ module }) => module === surface.module);
  const folder = inJetStream ? 'lib/jetstream/' : 'lib/nats-base-client/';
  return { ...surface, ...LEGACY, file: surface.file.replace('lib/', folder) };
}

export function undoAll(undos: Undo[]): Undo {
  return () => {
    for (const undo of undos) undo();
  };
}
