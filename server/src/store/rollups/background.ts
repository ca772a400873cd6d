import type { Statement } from '../database.ts';

/** Runs a statement of the store's own work. */
export type Background = <Row>(
  statement: Pick<Statement, 'tag' | 'sql' | 'params' | 'maxRows'>,
) => Promise<Row[]>;
