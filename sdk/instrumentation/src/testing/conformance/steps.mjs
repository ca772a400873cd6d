// Steps that the rows share.
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';

/** What was active in handlers and bodies since the row began. */
export const body = [];

/** Notes which span is active in a handler or a loop body, before and after an await. */
export async function inBody() {
  const before = trace.getActiveSpan()?.name ?? 'none';
  await sleep(1);
  const after = trace.getActiveSpan()?.name ?? 'none';
  body.push(before === after ? before : `${before} then ${after}`);
}

/** Resolves when `start` has called what it was given. */
export function until(start) {
  return new Promise((resolve, reject) => {
    Promise.resolve(start(resolve)).catch(reject);
  });
}

/** A stream with its consumer and some messages in it; their publishing is not part of the row. */
export async function streamOf({ client, js, jsm }, name, settings = {}) {
  const { AckPolicy, StorageType } = client.nats;
  const subjects = [`${name.toLowerCase()}.>`];
  await jsm.streams.add({ name, subjects, storage: StorageType.Memory, ...settings.stream });
  const common = { ack_policy: AckPolicy.Explicit };
  if (settings.push) {
    const push = { durable_name: 'pusher', deliver_subject: `deliver.${name}` };
    await jsm.consumers.add(name, { ...common, ...push });
  } else await jsm.consumers.add(name, { ...common, durable_name: 'worker' });
  for (let i = 0; i < (settings.messages ?? 0); i++) {
    await js.publish(`${name.toLowerCase()}.a`, 'x');
  }
  return name;
}
