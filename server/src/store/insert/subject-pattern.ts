import { VARYING_TOKEN } from '@hopline/model';
import { sqlString } from '../chdb/literal.ts';

/**
 * SQL: model's subjectPattern() of a column. Each dot is doubled, so that every token has two of its own
 * and one pass of one expression can replace neighbours; RE2 has no look-around.
 */
export function subjectPatternSql(subject: string): string {
  const token = sqlString(`\\.(?:${VARYING_TOKEN})\\.`);
  const doubled = `concat('.', replaceAll(${subject}, '.', '..'), '.')`;
  const replaced = `replaceRegexpAll(${doubled}, ${token}, '.*.')`;
  const single = `replaceAll(substring(${replaced}, 2, length(${replaced}) - 2), '..', '.')`;
  return `if(startsWith(${subject}, '_INBOX.'), '_INBOX.>', ${single})`;
}
