export type { Codec, Format, Incompatibility, SchemaSource } from '../codec.ts';
export { protobuf } from './format.ts';
