import type { PathSummary } from '@hopline/model/api';
import { CliError } from '../errors.ts';

const MAX_NAMED = 12;

export const pathName = ({ producer, subject, consumer }: PathSummary): string =>
  `${producer} → ${subject} → ${consumer}`;

/**
 * The path that the words mean: each word stands in its producer, subject or consumer. A path of which
 * every word is a whole name wins over those that merely contain them. Throws CliError when none or
 * several fit.
 */
export function onePath(paths: readonly PathSummary[], words: readonly string[]): PathSummary {
  const fitting = paths.filter((path) => words.every((word) => contains(path, word)));
  const exact = fitting.filter((path) => words.every((word) => names(path).includes(word)));
  const found = exact.length > 0 ? exact : fitting;
  if (found[0] && found.length === 1) return found[0];
  const asked = words.join(' ');
  if (found.length > 0)
    throw new CliError('AMBIGUOUS_PATH', `which one is "${asked}"?${list(found)}`);
  const known = paths.length === 0 ? '; no path carried a message in that time' : list(paths);
  throw new CliError('NO_SUCH_PATH', `cannot find a path for "${asked}"${known}`);
}

const names = ({ producer, subject, consumer }: PathSummary): string[] => [
  producer,
  subject,
  consumer,
];

const contains = (path: PathSummary, word: string): boolean =>
  names(path).some((name) => name.includes(word));

function list(paths: readonly PathSummary[]): string {
  const shown = paths.slice(0, MAX_NAMED).map((path) => `\n  ${pathName(path)}`);
  const more = paths.length - shown.length;
  return shown.join('') + (more > 0 ? `\n  and ${more} more` : '');
}
