import { ATTR } from '@hopline/model';
import type { Attributes, Exception } from '@opentelemetry/api';

/** What an `exception` event says (exceptions in the OpenTelemetry conventions). */
export function exceptionAttributes(exception: Exception): Attributes {
  if (typeof exception === 'string') return { [ATTR.exceptionMessage]: exception };
  const attributes: Attributes = {};
  const type = exception.code?.toString() ?? exception.name;
  if (type) attributes[ATTR.exceptionType] = type;
  if (exception.message) attributes[ATTR.exceptionMessage] = exception.message;
  if (exception.stack) attributes[ATTR.exceptionStacktrace] = exception.stack;
  return attributes;
}
