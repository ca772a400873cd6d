import type { SchemaRegistry, SubjectRecord } from '@hopline/client/schemas';
import type { ResponseOf, SchemaSubject } from '@hopline/model/api';
import { type ApiContext, askedRange } from './api-context.ts';
import { openRegistry } from './open-registry.ts';
import { type AttributedUse, attributed, usageRows, withoutSubject } from './schema-uses.ts';

/** Subjects that are read at once: the registry answers from one stream. */
const READ_AT_ONCE = 100;

/** GET /api/v1/schemas */
export async function getSchemas(
  context: ApiContext,
  query: {
    from?: string | undefined;
    to?: string | undefined;
    find?: string | undefined;
    limit: number;
  },
): Promise<ResponseOf<'schemas'>> {
  const bounds = askedRange(context, query);
  const [{ registry, ...about }, rows] = await Promise.all([
    openRegistry(context),
    usageRows(context, bounds),
  ]);
  const find = query.find?.toLowerCase() ?? '';
  const isAsked = (subject: string): boolean => subject.toLowerCase().includes(find);
  const registered = await registry.subjects();
  const named = rows.map((row) => row.schema_subject).filter((subject) => subject !== '');
  const names = [...new Set([...registered, ...named])].filter(isAsked).sort();
  const listed = names.slice(0, query.limit);
  const records = await readRecords(registry, listed);
  const uses = attributed(rows, records);
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    registry: about,
    compatibility: await registry.compatibility(),
    total: names.length,
    subjects: records.map((record) => subjectView(record, uses)),
    unattributed: uses.filter(({ subject }) => subject === '').map(withoutSubject),
  };
}

/** In order; a subject that the registry does not know has no versions. */
export async function readRecords(
  registry: SchemaRegistry,
  subjects: readonly string[],
): Promise<SubjectRecord[]> {
  const records: SubjectRecord[] = [];
  for (let at = 0; at < subjects.length; at += READ_AT_ONCE) {
    const some = subjects.slice(at, at + READ_AT_ONCE).map((subject) => read(registry, subject));
    records.push(...(await Promise.all(some)));
  }
  return records;
}

const read = (registry: SchemaRegistry, subject: string): Promise<SubjectRecord> =>
  registry.subject(subject).catch(() => ({ subject, versions: [] }));

function subjectView(
  { subject, compatibility, versions }: SubjectRecord,
  all: readonly AttributedUse[],
): SchemaSubject {
  const uses = all.filter((use) => use.subject === subject);
  const of = (role: AttributedUse['role']) => uses.filter((use) => use.role === role);
  const services = (role: AttributedUse['role']) =>
    [...new Set(of(role).map(({ service }) => service))].sort();
  return {
    subject,
    compatibility: compatibility ?? null,
    versions: versions.length,
    latest: versions.at(-1) ?? null,
    producers: services('producer'),
    consumers: services('consumer'),
    written: total(of('producer'), 'messages'),
    read: total(of('consumer'), 'messages'),
    decodeFailures: total(uses, 'decodeFailures'),
  };
}

const total = (uses: readonly AttributedUse[], figure: 'messages' | 'decodeFailures'): number =>
  uses.reduce((sum, use) => sum + use[figure], 0);
