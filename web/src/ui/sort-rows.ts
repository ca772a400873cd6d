export interface SortBy {
  key: string;
  isDescending: boolean;
}

/** In the address: `backlog`, or `-backlog` for the largest first. */
export const sortText = ({ key, isDescending }: SortBy): string => (isDescending ? `-${key}` : key);

export function parseSort(text: unknown): SortBy | undefined {
  if (typeof text !== 'string' || text === '' || text.length > 40) return undefined;
  return text.startsWith('-')
    ? { key: text.slice(1), isDescending: true }
    : { key: text, isDescending: false };
}

/** The same column turns round; another starts with its most interesting end. */
export function toggleSort(
  current: SortBy | undefined,
  key: string,
  isLargestFirst: boolean,
): SortBy {
  if (current?.key === key) return { key, isDescending: !current.isDescending };
  return { key, isDescending: isLargestFirst };
}

/** A sorted copy; rows without a value come last whichever way, equal ones keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  sortValue: (row: Row) => number | string | null,
  isDescending: boolean,
): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [sortValue(a), sortValue(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'string' || typeof right === 'string') {
      return sign * String(left).localeCompare(String(right), 'en', { numeric: true });
    }
    return sign * (left - right);
  });
}
