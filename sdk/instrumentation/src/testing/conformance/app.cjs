// A CommonJS application.
// Node 18 has it under another name there; the object store of the client asks for it.
globalThis.crypto ??= require('node:crypto').webcrypto;
const name = process.env.CLIENT;
const modules =
  name === 'legacy'
    ? require('nats')
    : {
        ...require('@nats-io/transport-node'),
        ...require('@nats-io/jetstream'),
        ...require('@nats-io/jetstream/internal'),
        ...require('@nats-io/kv'),
        ...require('@nats-io/obj'),
        ...require('@nats-io/services'),
      };

void (async () => {
  const { legacyClient, modernClient } = await import('./clients.mjs');
  const { runRows } = await import('./run-rows.mjs');
  await runRows(name === 'legacy' ? legacyClient(modules) : modernClient(modules));
})();
