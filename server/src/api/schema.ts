import type { ResponseOf } from '@hopline/model/api';
import { type ApiContext, askedRange } from './api-context.ts';
import { NotFound } from './errors.ts';
import { openRegistry } from './open-registry.ts';
import { attributed, usageRows, withoutSubject } from './schema-uses.ts';

/** GET /api/v1/schemas/{subject} */
export async function getSchema(
  context: ApiContext,
  given: { subject: string; from?: string | undefined; to?: string | undefined },
): Promise<ResponseOf<'schema'>> {
  const { subject } = given;
  const bounds = askedRange(context, given);
  const [{ registry, ...about }, rows] = await Promise.all([
    openRegistry(context),
    usageRows(context, bounds),
  ]);
  const record = await registry.subject(subject).catch(() => ({ subject, versions: [] }));
  const uses = attributed(rows, [record]).filter((use) => use.subject === subject);
  if (record.versions.length === 0 && uses.length === 0) {
    const why = about.error === '' ? '' : ` (${about.error})`;
    throw new NotFound(`cannot find subject ${subject}: neither registered nor in messages${why}`);
  }
  const own = 'compatibility' in record ? record.compatibility : undefined;
  return {
    from: String(bounds.from),
    to: String(bounds.to),
    registry: about,
    subject,
    compatibility: own ?? (await registry.compatibility()),
    isOwnCompatibility: own !== undefined,
    versions: [...record.versions],
    uses: uses.map(withoutSubject),
  };
}
