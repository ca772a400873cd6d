/** What the address says of the list. */
export interface SchemasSearch {
  find?: string | undefined;
  /** As in ui/sort-rows.ts. */
  sort?: string | undefined;
}

/** What of `search` is valid; the rest is dropped. */
export function parseSchemasSearch(search: Record<string, unknown>): SchemasSearch {
  const [find, sort] = [search.find, search.sort].map((value) =>
    typeof value === 'string' ? value.slice(0, 200) : '',
  );
  return { ...(find ? { find } : {}), ...(sort ? { sort } : {}) };
}

/** What the address of one subject says: the two versions that are compared, and how. */
export interface SchemaSearch {
  base?: number | undefined;
  version?: number | undefined;
  look?: 'split' | undefined;
}

export function parseSchemaSearch(search: Record<string, unknown>): SchemaSearch {
  const [base, version] = [search.base, search.version].map((value) =>
    /^[1-9]\d{0,8}$/.test(String(value)) ? Number(value) : undefined,
  );
  return {
    ...(base ? { base } : {}),
    ...(version ? { version } : {}),
    ...(search.look === 'split' ? { look: 'split' } : {}),
  };
}

/**
 * The versions to compare: what was asked for where it exists, else the latest with the one before it.
 * Undefined when there is no version; without `from` there is nothing to compare with.
 */
export function comparedVersions(
  versions: readonly { version: number }[],
  { base, version }: SchemaSearch,
): { from: number | undefined; to: number } | undefined {
  const has = (asked: number | undefined): asked is number =>
    versions.some((one) => one.version === asked);
  const latest = versions.at(-1)?.version;
  if (latest === undefined) return undefined;
  const to = has(version) ? version : latest;
  const before = versions.filter((one) => one.version < to).at(-1)?.version;
  return { from: has(base) && base !== to ? base : before, to };
}
