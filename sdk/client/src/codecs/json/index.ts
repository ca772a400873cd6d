export type { Codec, Format, Incompatibility, SchemaSource } from '../codec.ts';
export { json } from './format.ts';
