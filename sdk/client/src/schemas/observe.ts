import { ATTR } from '@hopline/model';
import { findMeter } from '../meter.ts';

type Attributes = Record<string, string | number>;

export interface SchemaObserver {
  done(operation: 'encode' | 'decode', attributes: Attributes): void;
  failed(operation: 'encode' | 'decode', attributes: Attributes, error: Error): void;
}

/**
 * Counters, and attributes of the active span; nothing where there is no OpenTelemetry API. What is
 * encoded says nothing about the span that is active meanwhile, which is often that of another message:
 * the publishing span has the schema from the message's headers.
 */
export async function observeSchemas(): Promise<SchemaObserver> {
  const meter = await findMeter();
  const trace = await findTrace();
  const messages = meter?.createCounter('messaging.nats.schema.messages', {
    unit: '{message}',
    description: 'Messages encoded or decoded, by schema.',
  });
  const failures = meter?.createCounter('messaging.nats.schema.failures', {
    unit: '{failure}',
    description: 'Messages that could not be encoded or decoded, by schema and error.',
  });
  return {
    done(operation, attributes) {
      messages?.add(1, { ...attributes, [ATTR.operationName]: operation });
      if (operation === 'decode') trace?.getActiveSpan()?.setAttributes(attributes);
    },
    failed(operation, attributes, error) {
      const type = (error as { code?: string }).code ?? error.name;
      const more = { ...attributes, [ATTR.errorType]: type };
      failures?.add(1, { ...more, [ATTR.operationName]: operation });
      const span = trace?.getActiveSpan();
      if (operation === 'encode') span?.addEvent('schema.encode_failed', more);
      else span?.setAttributes({ ...more, [ATTR.schemaError]: type });
    },
  };
}

async function findTrace(): Promise<typeof import('@opentelemetry/api')['trace'] | undefined> {
  try {
    return (await import('@opentelemetry/api')).trace;
  } catch {
    return undefined;
  }
}
