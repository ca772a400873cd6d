import { INTERNAL_PREFIXES } from '@hopline/model';
import { subjectPatternSql } from '../insert/subject-pattern.ts';

/** The pattern of the column `subject` by the model's rule for varying tokens. */
export const OWN_PATTERN = subjectPatternSql('subject');

/**
 * Leaves out the subjects that NATS uses for itself. Needs `internalParams`. Cheap on a LowCardinality
 * column, where the engine looks at each value once.
 */
export const notInternal = (column: string): string => `NOT match(${column}, {internal:String})`;

const escaped = INTERNAL_PREFIXES.map((prefix) => prefix.replace(/[$.]/g, '\\$&'));

export const internalParams = { internal: `^(?:${escaped.join('|')})` } as const;
