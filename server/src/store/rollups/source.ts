import type { ParamValue } from '../database.ts';

/** SQL, a sub-select mostly, with its parameters. */
export interface Source {
  sql: string;
  params: Record<string, ParamValue>;
}
