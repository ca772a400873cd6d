import type { ParamValue, Statement } from '../database.ts';
import { QueryFailed } from '../errors.ts';

const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
const SPECIAL = /[\\\0\b\f\n\r\t]/g;

/** Escapes of the engine's tab-separated text, in which it reads the value of a parameter. */
const escapeText = (text: string): string => text.replace(SPECIAL, (char) => ESCAPES[char]!);

/** `text` as a string literal of the engine's SQL. */
export const sqlString = (text: string): string => `'${escapeText(text).replaceAll("'", "\\'")}'`;

/**
 * `SET param_…` assignments for a statement's `{name:Type}` places. The engine's own binding is
 * process-wide, so parameters travel as settings of the session. A value is escaped twice: as the text
 * the type's reader expects, then as an SQL string.
 * Throws QueryFailed when a place has no value: the session could still hold one of an earlier query.
 */
export function paramAssignments({ sql, params, tag }: Statement): string[] {
  for (const [, name] of sql.matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g)) {
    if (!(name! in params)) throw new QueryFailed(`cannot run ${tag}: no value for {${name}}`);
  }
  return Object.entries(params).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new QueryFailed(`cannot run ${tag}: ${JSON.stringify(name)} is not a parameter name`);
    }
    return `param_${name} = ${sqlString(paramText(value))}`;
  });
}

function paramText(value: ParamValue): string {
  if (typeof value === 'string') return escapeText(value);
  // The reader of an array takes SQL strings between brackets and unescapes nothing before that.
  if (typeof value === 'object') return `[${value.map(sqlString).join(',')}]`;
  return String(value);
}
