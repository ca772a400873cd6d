export type { Codec, Format, Incompatibility, SchemaSource } from '../codec.ts';
export { avro } from './format.ts';
