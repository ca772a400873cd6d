import { INTERNAL_PREFIXES } from '@hopline/model';
import { subjectPatternSql } from '../insert/subject-pattern.ts';

/** The pattern of the column `subject` by the model's rule for varying tokens. */
export const OWN_PATTERN = subjectPatternSql('subject');

/** Leaves out the subjects that NATS uses for itself. Needs `internalParams`. */
export const NOT_INTERNAL =
  'NOT arrayExists(x -> startsWith(subject, x), {internal:Array(String)})';

export const internalParams = { internal: INTERNAL_PREFIXES } as const;
