import { type OpenSchemas, openSchemas } from '../schemas/schemas.ts';
import type { ApiContext } from './api-context.ts';

/** The schema registry as it can be read now; `off` where the context has none. */
export function openRegistry({ schemas }: ApiContext): Promise<OpenSchemas> {
  return (schemas ?? openSchemas({ servers: [] }, 'schemas')).open();
}
