import { readPreference, writePreference } from '../ui/safe-storage.ts';
import { durationWords } from './duration-words.ts';
import { keyWords } from './key-words.ts';
import { type MessagesSearch, parseMessagesSearch } from './url.ts';

export interface SavedFilter {
  name: string;
  search: MessagesSearch;
}

const KEY = 'hopline-message-filters';
/** More are not found again; saving one more says so. */
export const MAX_SAVED = 30;
export const MAX_NAME_CHARS = 60;

/** The reader's filters by name. What cannot be read (another version, a hand) is dropped. */
export function readSaved(): SavedFilter[] {
  return parseSaved(readPreference(KEY));
}

export const writeSaved = (filters: readonly SavedFilter[]): void =>
  writePreference(KEY, filters.length === 0 ? null : JSON.stringify(filters));

export function parseSaved(text: string | null): SavedFilter[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value
    .flatMap((item: unknown): SavedFilter[] => {
      const { name, search } = (item ?? {}) as { name?: unknown; search?: unknown };
      if (typeof name !== 'string' || name === '' || typeof search !== 'object') return [];
      const valid = parseMessagesSearch((search ?? {}) as Record<string, unknown>);
      return [{ name: name.slice(0, MAX_NAME_CHARS), search: valid }];
    })
    .slice(0, MAX_SAVED);
}

/** With one more filter; one of the same name is replaced. By name. */
export function withSaved(filters: readonly SavedFilter[], added: SavedFilter): SavedFilter[] {
  return [...filters.filter(({ name }) => name !== added.name), added]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, MAX_SAVED);
}

/** A name to begin with: what the filter says. */
export const nameOf = ({ service, subject, outcome, text, ...rest }: MessagesSearch): string =>
  [outcome, service, subject, text, keyWords(rest), durationWords(rest)]
    .filter(Boolean)
    .join(' ')
    .slice(0, MAX_NAME_CHARS);
