import { ATTR } from '@hopline/model';
import type { Attributes } from '@opentelemetry/api';
import { headerValue } from './carrier.ts';
import type { NatsHeaders } from './nats-internals.ts';

/** What one header can put on a span. */
const MAX_CHARS = 256;

/** The schema that a message says it was written with (headers of `@hopline/client/schemas`). */
export function schemaAttributes(headers: NatsHeaders | undefined): Attributes {
  if (!headers) return {};
  const id = headerValue(headers, 'Schema-Id')?.slice(0, MAX_CHARS);
  const subject = headerValue(headers, 'Schema-Subject')?.slice(0, MAX_CHARS);
  if (!id && !subject) return {};
  const version = headerValue(headers, 'Schema-Version');
  return {
    ...(id && { [ATTR.schemaId]: id }),
    ...(subject && { [ATTR.schemaSubject]: subject }),
    ...(version && /^\d{1,9}$/.test(version) && { [ATTR.schemaVersion]: Number(version) }),
  };
}
