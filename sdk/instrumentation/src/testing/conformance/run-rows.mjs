import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import { rows } from './rows.mjs';
import { body } from './steps.mjs';

const DEADLINE_MS = 5000;
const { conformance } = globalThis;

/** Runs every row that this client has and writes what was seen as one JSON document. */
export async function runRows(client) {
  const nc = await client.nats.connect({ servers: process.env.NATS_URL, name: 'conformance' });
  const context = { client, nc, js: client.jetstream(nc), jsm: await client.jetstreamManager(nc) };
  const seen = {};
  for (const row of rows) {
    if (row.clients && !row.clients.includes(client.name)) continue;
    const prepared = await row.prepare?.(context);
    await nc.flush();
    seen[row.surface] = await observe(row, { ...context, prepared });
    conformance.instrumentation.setConfig({});
  }
  await nc.close();
  writeFileSync(process.env.SEEN_PATH, JSON.stringify(seen));
}

async function observe(row, context) {
  const before = await conformance.counts();
  conformance.spans.reset();
  conformance.startAttributes.length = 0;
  body.length = 0;
  await row.run(context);
  const wanted = row.spans[context.client.name] ?? row.spans;
  await spansOf(wanted.length, context.nc);
  const spans = conformance.spans.getFinishedSpans();
  const after = await conformance.counts();
  return {
    spans: spans.map((span) => describe(span, spans)).sort(),
    body: [...body],
    metrics: differences(before, after),
    started: conformance.startAttributes.map(({ attributes }) => attributes),
    attributes: spans.map(({ name, attributes }) => ({ name, attributes })),
  };
}

/** Waits for the spans that are wanted, and a little for those that are not. */
async function spansOf(wanted, nc) {
  const until = Date.now() + DEADLINE_MS;
  const finished = () => conformance.spans.getFinishedSpans().length;
  while (finished() < wanted && Date.now() < until) await sleep(5);
  await nc.flush();
  await sleep(5);
}

/** `publish orders.created producer`, `< parent`, `~ links`, `! error.type`. */
function describe(span, all) {
  const nameOf = (id) => all.find((other) => other.spanContext().spanId === id)?.name ?? 'outside';
  const parent = span.parentSpanContext ? ` < ${nameOf(span.parentSpanContext.spanId)}` : '';
  const linked = span.links.map((link) => nameOf(link.context.spanId));
  const links = linked.length > 0 ? ` ~ ${linked.join(', ')}` : '';
  const failed = span.attributes['error.type'];
  const kind = SpanKind[span.kind].toLowerCase();
  return `${span.name} ${kind}${parent}${links}${failed ? ` ! ${failed}` : ''}`;
}

function differences(before, after) {
  const changed = Object.entries(after).map(([name, sum]) => [name, sum - (before[name] ?? 0)]);
  return Object.fromEntries(changed.filter(([, sum]) => sum !== 0));
}
