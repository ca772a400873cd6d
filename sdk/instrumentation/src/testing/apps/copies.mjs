// Several copies of the client, given as arguments, pass a message on from one to the next and around.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const clients = process.argv.slice(2).map((path) => require(path));
const connections = await Promise.all(
  clients.map(({ connect }) => connect({ servers: process.env.NATS_URL })),
);
/** Around once, and back to the first. */
const SUBJECTS = ['hop.a', 'hop.b', 'hop.c', 'hop.d'];
const HOPS = SUBJECTS.length;
const at = (hop) => connections[hop % connections.length];
const done = new Promise((resolve) => {
  for (let hop = 0; hop < HOPS; hop += 1) {
    at(hop).subscribe(SUBJECTS[hop], {
      callback(_error, message) {
        if (hop + 1 === HOPS) resolve();
        else {
          // Half of them with headers that another copy's class has made.
          const headers = hop % 2 === 0 ? clients[(hop + 2) % clients.length].headers() : undefined;
          headers?.set('hop', String(hop));
          at(hop).publish(SUBJECTS[hop + 1], message.data, headers ? { headers } : undefined);
        }
      },
    });
  }
});
await Promise.all(connections.map((nc) => nc.flush()));
at(2).publish('hop.a', 'x');
await done;
await Promise.all(connections.map((nc) => nc.close()));
const spans = globalThis.conformance.spans.getFinishedSpans();
process.stdout.write(
  JSON.stringify({
    classes: new Set(connections.map((nc) => nc.constructor)).size,
    spans: spans.map(({ name }) => name).sort(),
    traces: new Set(spans.map((span) => span.spanContext().traceId)).size,
  }),
);
