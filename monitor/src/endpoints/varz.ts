import { fieldsAt, parseFields, textAt } from './fields.ts';

/** Who a server is, from its `/varz`. */
export interface ServerIdentity {
  name: string;
  version: string;
  /** '' when it is not part of a cluster. */
  cluster: string;
  /** JetStream domain; '' for none. */
  domain: string;
}

/** Null when `text` is no `/varz` answer. */
export function decodeVarz(text: string): ServerIdentity | null {
  const varz = parseFields(text);
  const id = varz ? textAt(varz, 'server_id') : '';
  if (!varz || id === '') return null;
  const jetstream = fieldsAt(fieldsAt(varz, 'jetstream'), 'config');
  return {
    // A server that was given no name goes by its id, also where others name it as a leader.
    name: textAt(varz, 'server_name') || id,
    version: textAt(varz, 'version'),
    cluster: textAt(fieldsAt(varz, 'cluster'), 'name'),
    domain: textAt(jetstream, 'domain'),
  };
}
