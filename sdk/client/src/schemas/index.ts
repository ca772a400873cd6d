export type { Codec, Format, FormatName, Incompatibility, SchemaSource } from '../codecs/codec.ts';
export { fileCache, memoryCache, type SchemaCache } from './cache.ts';
export {
  COMPATIBILITY_MODES,
  type CompatibilityMode,
  type Problem,
  problemsOf,
  problemText,
  type Verdict,
} from './compatibility.ts';
export type { Decoded, MessageCodecOptions, SchemaMessages } from './message-codec.ts';
export { schemaMessages } from './message-codec.ts';
export type { Reference, SchemaRecord, SubjectRecord, VersionRecord } from './records.ts';
export type { Draft, Registered, RegistryOptions } from './registry.ts';
export { SchemaRegistry } from './registry.ts';
export { readFrame, SCHEMA_HEADERS, writeFrame } from './wire.ts';
