interface Versioned {
  table: string;
  /** SQL: which buckets are read; the same as around the condition. */
  within: string;
  /** SQL that only the marks of buckets fulfil. */
  isMark: string;
}

/** SQL: a row is of the newest version of its bucket; marks bear it, so the rows need not be searched. */
export const isOfNewest = ({ table, within, isMark }: Versioned): string =>
  `(bucket, version) IN (
    SELECT bucket, max(version) FROM ${table} WHERE ${within} AND ${isMark} GROUP BY bucket)`;
