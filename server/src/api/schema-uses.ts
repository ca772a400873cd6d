import type { SubjectRecord } from '@hopline/client/schemas';
import type { SchemaUse } from '@hopline/model/api';
import { type Bounds, type SchemaUsageRow, schemaUsage } from '../store/store.ts';
import type { ApiContext } from './api-context.ts';

const MAX_ROWS = 10_000;

/** A use and the subject of the registry that it is of; '' when nothing says it. */
export interface AttributedUse extends SchemaUse {
  subject: string;
}

export async function usageRows(
  { database }: ApiContext,
  bounds: Bounds,
): Promise<SchemaUsageRow[]> {
  return await schemaUsage(database, { ...bounds, limit: MAX_ROWS });
}

/**
 * Finds subject and version of what the spans tell. A message in Confluent's framing has a number only,
 * and so an id, which may belong to several subjects: the first that has it is taken.
 */
export function attributed(
  rows: readonly SchemaUsageRow[],
  records: readonly SubjectRecord[],
): AttributedUse[] {
  const byId = new Map<string, { subject: string; version: number }>();
  const bySubject = new Map<string, Map<string, number>>();
  for (const { subject, versions } of records) {
    const ids = new Map<string, number>();
    for (const { id, version } of versions) {
      ids.set(id, version);
      if (!byId.has(id)) byId.set(id, { subject, version });
    }
    bySubject.set(subject, ids);
  }
  return merged(
    rows.map((row) => {
      const found = row.schema_subject === '' ? byId.get(row.schema_id) : undefined;
      const subject = found?.subject ?? row.schema_subject;
      const told = row.schema_version === '' ? null : Number(row.schema_version);
      const version = found?.version ?? bySubject.get(subject)?.get(row.schema_id) ?? told;
      return useOf(row, { subject, version });
    }),
  );
}

const useOf = (
  row: SchemaUsageRow,
  of: { subject: string; version: number | null },
): AttributedUse => ({
  ...of,
  service: row.service,
  role: row.is_producer ? 'producer' : 'consumer',
  messages: Number(row.messages),
  decodeFailures: Number(row.failures),
  errors: row.errors,
  subjects: row.subject_patterns,
  lastSeen: row.last_seen,
});

/** One of each subject, version, role and service: producers first, most messages first. */
function merged(uses: readonly AttributedUse[]): AttributedUse[] {
  const byKey = new Map<string, AttributedUse>();
  for (const use of uses) {
    const key = JSON.stringify([use.subject, use.version, use.role, use.service]);
    const known = byKey.get(key);
    byKey.set(key, known ? sum(known, use) : use);
  }
  return [...byKey.values()].sort(
    (a, b) =>
      b.role.localeCompare(a.role) ||
      b.messages - a.messages ||
      a.service.localeCompare(b.service) ||
      (b.version ?? 0) - (a.version ?? 0),
  );
}

const sum = (a: AttributedUse, b: AttributedUse): AttributedUse => ({
  ...a,
  messages: a.messages + b.messages,
  decodeFailures: a.decodeFailures + b.decodeFailures,
  errors: [...new Set([...a.errors, ...b.errors])].sort(),
  subjects: [...new Set([...a.subjects, ...b.subjects])].sort(),
  lastSeen: BigInt(a.lastSeen) > BigInt(b.lastSeen) ? a.lastSeen : b.lastSeen,
});

export function withoutSubject({ subject: _, ...use }: AttributedUse): SchemaUse {
  return use;
}
