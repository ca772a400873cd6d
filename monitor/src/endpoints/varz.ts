import { type Fields, fieldsAt, textAt } from './fields.ts';

/** Who a server is, from its `/varz`. */
export interface ServerIdentity {
  /** Changes with each start. */
  id: string;
  name: string;
  version: string;
  /** '' when it is not part of a cluster. */
  cluster: string;
  /** JetStream domain; '' for none. */
  domain: string;
}

/** Null when it is no `/varz` answer. */
export function decodeVarz(varz: Fields): ServerIdentity | null {
  const id = textAt(varz, 'server_id');
  if (id === '') return null;
  const jetstream = fieldsAt(fieldsAt(varz, 'jetstream'), 'config');
  return {
    id,
    // A server that was given no name goes by its id, also where others name it as a leader.
    name: textAt(varz, 'server_name') || id,
    version: textAt(varz, 'version'),
    cluster: textAt(fieldsAt(varz, 'cluster'), 'name'),
    domain: textAt(jetstream, 'domain'),
  };
}
