import { problemsOf, type SchemaRegistry, type VersionRecord } from '@hopline/client/schemas';
import { lineDiff } from '@hopline/model';
import type { ResponseOf } from '@hopline/model/api';
import type { OpenSchemas } from '../schemas/schemas.ts';
import type { ApiContext } from './api-context.ts';
import { BadRequest, NotFound, SchemasUnavailable } from './errors.ts';
import { openRegistry } from './open-registry.ts';

/** GET /api/v1/schemas/{subject}/versions/{version} */
export async function getSchemaVersion(
  context: ApiContext,
  { subject, version }: { subject: string; version: string },
): Promise<ResponseOf<'schemaVersion'>> {
  const open = await openRegistry(context);
  return await reading(open, async (registry) => {
    const asked = version === 'latest' ? version : Number(version);
    const found = await registry.version(subject, asked);
    const { text, references } = await registry.schema(found.id);
    const links = references.map(({ name, subject: of, version: at }) => ({
      name,
      subject: of,
      version: at,
    }));
    return { ...found, subject, text, references: links };
  });
}

/** GET /api/v1/schemas/{subject}/diff */
export async function getSchemaDiff(
  context: ApiContext,
  given: { subject: string; from?: number | undefined; to?: number | undefined },
): Promise<ResponseOf<'schemaDiff'>> {
  const { subject } = given;
  const open = await openRegistry(context);
  return await reading(open, async (registry) => {
    const to = await registry.version(subject, given.to ?? 'latest');
    const before = given.from ?? to.version - 1;
    if (before < 1) {
      throw new BadRequest(`cannot compare version ${to.version} of ${subject}: none before it`);
    }
    const from = await registry.version(subject, before);
    const mode = await registry.compatibility(subject);
    const [old, next] = await Promise.all([versionOf(registry, from), versionOf(registry, to)]);
    return {
      subject,
      from: from.version,
      to: to.version,
      mode,
      isAllowed: problemsOf(mode, next, [old]).length === 0,
      problems: problemsOf('FULL', next, [old]).map(({ rule, path, message, direction }) => ({
        rule,
        path,
        message,
        direction,
      })),
      lines: lineDiff(shown(old.source.text), shown(next.source.text)),
    };
  });
}

async function versionOf(registry: SchemaRegistry, { version, id, format: name }: VersionRecord) {
  const source = await registry.source(await registry.schema(id));
  return { version, source, format: registry.format(name) };
}

/** JSON of one line shows nothing in a comparison of lines. */
function shown(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What is not there is not found where the registry was asked, and unknown where it could not be. */
async function reading<T>(
  { registry, state, error: why }: OpenSchemas,
  read: (registry: SchemaRegistry) => Promise<T>,
): Promise<T> {
  try {
    return await read(registry);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'schema_not_found') throw error;
    const message = (error as Error).message;
    if (state === 'unreachable') throw new SchemasUnavailable(`${message}: ${why}`);
    throw new NotFound(why === '' ? message : `${message}: ${why}`);
  }
}
