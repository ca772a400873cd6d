// An ES module application: named imports, as applications write them.
import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { startFastIngest } from '@nats-io/jetstream/internal';
import { Kvm } from '@nats-io/kv';
import { Objm } from '@nats-io/obj';
import { Svcm } from '@nats-io/services';
import { connect, headers, syncIterator } from '@nats-io/transport-node';
import * as legacy from 'nats';
import { legacyClient, modernClient } from './clients.mjs';
import { runRows } from './run-rows.mjs';

const modern = {
  ...{ AckPolicy, jetstream, jetstreamManager, StorageType, startFastIngest },
  ...{ Kvm, Objm, Svcm, connect, headers, syncIterator },
};
await runRows(process.env.CLIENT === 'legacy' ? legacyClient(legacy) : modernClient(modern));
