import type { Draft, FormatName, Reference } from '@hopline/client/schemas';
import { z } from 'zod';
import { ConfluentError } from './confluent-errors.ts';

const TYPES = { avro: 'AVRO', json: 'JSON', protobuf: 'PROTOBUF' } as const;
const FORMATS = { AVRO: 'avro', JSON: 'json', PROTOBUF: 'protobuf' } as const;

const body = z.object({
  schema: z.string(),
  schemaType: z.enum(['AVRO', 'JSON', 'PROTOBUF']).nullish(),
  references: z
    .array(z.object({ name: z.string(), subject: z.string(), version: z.number().int() }))
    .max(100)
    .nullish(),
});

/** A schema as Confluent's clients offer it. Throws ConfluentError. */
export function draftOf(given: unknown): Draft {
  const read = body.safeParse(given);
  if (!read.success) {
    throw new ConfluentError('BAD_SCHEMA', read.error.issues.map(({ message }) => message).join());
  }
  const { schema, schemaType, references } = read.data;
  return { format: FORMATS[schemaType ?? 'AVRO'], text: schema, references: references ?? [] };
}

/** A schema as they expect it: Avro is not named, empty lists are left out. */
export function schemaFields(schema: {
  format: FormatName;
  text: string;
  references: readonly Reference[];
}): object {
  const { format, text, references } = schema;
  return {
    schema: text,
    ...(format !== 'avro' && { schemaType: TYPES[format] }),
    ...(references.length > 0 && {
      references: references.map(({ name, subject, version }) => ({ name, subject, version })),
    }),
  };
}
