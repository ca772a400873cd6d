// An application that knows of no instrumentation. It notes by itself, on the true clock, between which two
// moments each mark of a delivery lies: [not before, not after]. ROLE is producer or consumer; it is told what
// to do by requests to `ctl.<its name>`.
import { Socket } from 'node:net';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const now = globalThis.trueNow;
const role = process.env.ROLE;
const name = process.env.OTEL_SERVICE_NAME;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** By key: when the bytes of the message were here, as the socket tells. */
const received = new Map();
const emit = Socket.prototype.emit;
Socket.prototype.emit = function (event, chunk, ...rest) {
  if (event !== 'data' || role !== 'consumer') return emit.call(this, event, chunk, ...rest);
  const from = now();
  const keys = [...chunk.toString('latin1').matchAll(/#([a-z-]+-\d+)#/g)].map(([, key]) => key);
  const result = emit.call(this, event, chunk, ...rest);
  const note = () => {
    for (const key of keys) if (!received.has(key)) received.set(key, [from, now()]);
  };
  if (keys.length > 0) setImmediate(note);
  return result;
};

const nc = await connect({ servers: process.env.NATS_URL, name });
const js = jetstream(nc);

/** Publishes `count` messages, each `gapMs` after the one before; the process stands still for `blockMs`. */
async function publish({ scenario, count, gapMs = 0, blockMs = 0, atOnce = false, ...work }) {
  const marks = {};
  const answers = [];
  for (let number = 0; number < count; number++) {
    const key = `${scenario}-${number}`;
    const from = now();
    const body = JSON.stringify({ key: `#${key}#`, ...work });
    const answer = js.publish(`work.${scenario}`, body, { msgID: key });
    marks[key] = { published: [from, now()] };
    for (const end = now() + BigInt(blockMs) * 1_000_000n; now() < end; );
    answers.push(answer);
    if (!atOnce) await answer;
    if (gapMs > 0) await pause(gapMs);
  }
  await Promise.all(answers);
  return marks;
}

const handled = {};
async function consume({ scenario }) {
  const manager = await jetstreamManager(nc);
  await manager.consumers.add('WORK', {
    durable_name: scenario,
    filter_subject: `work.${scenario}`,
    ack_policy: 'explicit',
    max_ack_pending: 1000,
  });
  const consumer = await js.consumers.get('WORK', scenario);
  const messages = await consumer.consume({ max_messages: 100 });
  void (async () => {
    let asked = now();
    for await (const message of messages) {
      const begun = now();
      const { key, handlerMs = 0, ackMs = 0 } = message.json();
      const name = key.slice(1, -1);
      if (handlerMs > 0) await pause(handlerMs);
      const mark = { stored: String(message.info.timestampNanos) };
      handled[name] = mark;
      const ack = () => {
        const from = now();
        message.ack();
        mark.settled = [from, now()];
      };
      const ended = now();
      mark.started = [asked, begun];
      mark.ended = [ended, ended];
      // The handler is done when the next message is asked for; that is before the next turn of the loop.
      setImmediate(() => {
        mark.ended = [ended, now()];
      });
      if (ackMs > 0) setTimeout(ack, ackMs);
      else ack();
      asked = now();
    }
  })();
  return {};
}

/** All marks; when the bytes were here is known a turn of the loop later than the rest. */
async function marks() {
  for (const [name, mark] of Object.entries(handled)) mark.received = received.get(name);
  return handled;
}

const COMMANDS = { producer: { publish }, consumer: { consume, marks } };
nc.subscribe(`ctl.${name}`, {
  callback: async (_error, message) => {
    const { command, ...given } = message.json();
    const answer = await COMMANDS[role][command](given);
    message.respond(
      JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
    );
  },
});
await nc.flush();
console.log('READY');
