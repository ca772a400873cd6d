// An application that knows of no instrumentation: it publishes what SCRIPT asks for and lets each message
// end as its key says. Prints DONE when the last one has ended.
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';

/** How many messages end so: {"processed": 9000, "expired": 50, ...}. */
const script = JSON.parse(process.env.SCRIPT);
const AT_ONCE = 200;
const NS_PER_MS = 1_000_000;

// Handlers that fail on purpose; the client reports them nowhere else.
process.on('unhandledRejection', () => undefined);

const nc = await connect({ servers: process.env.NATS_URL, name: 'fates' });
const manager = await jetstreamManager(nc);
await manager.streams.add({ name: 'WORK', subjects: ['work.>'] });
await manager.consumers.add('WORK', {
  durable_name: 'worker',
  ack_policy: 'explicit',
  max_deliver: 3,
  max_ack_pending: 20_000,
});
await manager.streams.add({ name: 'SHORT', subjects: ['short.>'], max_age: 2_000 * NS_PER_MS });
await manager.consumers.add('SHORT', { durable_name: 'late', ack_policy: 'explicit' });
await manager.streams.add({ name: 'IDLE', subjects: ['idle.>'] });
await manager.consumers.add('IDLE', { durable_name: 'absent', ack_policy: 'explicit' });

const js = jetstream(nc);
const open = new Set();
const finished = Promise.withResolvers();
let published = false;
const end = (key) => {
  open.delete(key);
  if (published && open.size === 0) finished.resolve();
};

/** How the consumer of WORK ends a message of each kind. */
const SETTLE = {
  processed: (message) => message.ack(),
  terminated: (message) => message.term('poison'),
  redelivered: (message) => (message.info.deliveryCount === 1 ? message.nak() : message.ack()),
  'dead-lettered': (message) => message.nak(),
};
const ATTEMPTS = { redelivered: 2, 'dead-lettered': 3 };

const consumer = await js.consumers.get('WORK', 'worker');
const messages = await consumer.consume({ max_messages: 1000 });
void (async () => {
  for await (const message of messages) {
    const [, kind] = message.subject.split('.');
    SETTLE[kind](message);
    if (message.info.deliveryCount === (ATTEMPTS[kind] ?? 1))
      end(message.headers.get('Nats-Msg-Id'));
  }
})();
nc.subscribe('core.>', { callback: (_error, message) => end(message.headers.get('Nats-Msg-Id')) });
nc.subscribe('failed.>', {
  callback: async (_error, message) => {
    end(message.headers.get('Nats-Msg-Id'));
    throw new Error('no such customer');
  },
});
await nc.flush();

/** How a message of each kind is sent; the number tells the halves of a kind apart. */
const SEND = {
  processed: (number, options) => (number % 2 === 0 ? work('processed', options) : core(options)),
  redelivered: (_number, options) => work('redelivered', options),
  terminated: (_number, options) => work('terminated', options),
  'dead-lettered': (_number, options) => work('dead-lettered', options),
  failed: (_number, options) => tracked('failed.order', options),
  expired: (_number, options) => js.publish('short.order', 'x', options),
  unconsumed: (_number, options) => js.publish('idle.order', 'x', options),
  'dropped: no responders': (_number, options) =>
    nc.request('nobody.answers', 'x', { ...options, timeout: 5000 }).catch(() => undefined),
  'dropped: no subscriber': (_number, options) => nc.publish('nobody.listens', 'x', options),
  'dropped: slow consumer': (_number, options) => nc.publish('slow.order', 'x', options),
};
function work(kind, options) {
  open.add(options.headers.get('Nats-Msg-Id'));
  return js.publish(`work.${kind}`, 'x', options);
}
function tracked(subject, options) {
  open.add(options.headers.get('Nats-Msg-Id'));
  nc.publish(subject, 'x', options);
}
const core = (options) => tracked('core.order', options);

// Every kind is spread evenly over the whole run.
const plan = Object.entries(script)
  .flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, number) => ({ kind, number, at: (number + 0.5) / count })),
  )
  .sort((a, b) => a.at - b.at);
for (let from = 0; from < plan.length; from += AT_ONCE) {
  await Promise.all(
    plan.slice(from, from + AT_ONCE).map(({ kind, number }) => {
      const carried = headers();
      carried.set('Nats-Msg-Id', `${kind} ${number}`);
      return SEND[kind](number, { headers: carried });
    }),
  );
}
published = true;
if (open.size > 0) await finished.promise;
await nc.flush();
console.log('DONE');
await messages.close();
await nc.drain();
