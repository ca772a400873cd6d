/**
 * Two orders as their services, the servers and the streams' leaders would report them, stored through
 * the real engine: one that is paid at the second attempt, one that payment never manages to handle.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTR, type Signal } from '@hopline/model';
import { hopRow as bareHopRow } from '../insight/rows-fixture.ts';
import { attributes, encodeRequest } from '../store/insert/otlp-fixture.ts';
import type { Database } from '../store/store.ts';
import { CAPTURED, CREATED, KINDS, PAID_TRACE, storySpans } from './story-spans-fixture.ts';

function traceRequests(begin: bigint): Uint8Array {
  const at = (ms: number): string => String(begin + BigInt(Math.round(ms * 1e6)));
  const resources = [...Map.groupBy(storySpans(at), (span) => span.service)].map(
    ([service, own]) => ({
      resource: {
        attributes: attributes({
          [ATTR.serviceName]: service,
          [ATTR.serviceInstanceId]: `${service}-1`,
        }),
      },
      scope_spans: [
        {
          scope: { name: 'story' },
          spans: own.map((span) => ({
            trace_id: Buffer.from(span.trace ?? PAID_TRACE, 'hex'),
            span_id: Buffer.from(span.id, 'hex'),
            parent_span_id: Buffer.from(span.parent ?? '', 'hex'),
            name: span.name,
            kind: KINDS[span.kind],
            start_time_unix_nano: at(span.startMs),
            end_time_unix_nano: at(span.startMs + span.durationMs),
            attributes: attributes(span.attributes),
            status: span.failed === undefined ? {} : { code: 2, message: span.failed },
            links: (span.links ?? []).map(({ trace, id }) => ({
              trace_id: Buffer.from(trace, 'hex'),
              span_id: Buffer.from(id, 'hex'),
            })),
          })),
        },
      ],
    }),
  );
  return encodeRequest('traces', { resource_spans: resources });
}

function logRequests(begin: bigint): Uint8Array {
  const record = (trace: string, span: string, body: string) => ({
    time_unix_nano: String(begin + 20_000_000n),
    severity_number: 13,
    severity_text: 'WARN',
    body: { string_value: body },
    trace_id: Buffer.from(trace, 'hex'),
    span_id: Buffer.from(span, 'hex'),
  });
  return encodeRequest('logs', {
    resource_logs: [
      {
        resource: { attributes: attributes({ [ATTR.serviceName]: 'payment' }) },
        scope_logs: [
          {
            log_records: [
              record(PAID_TRACE, 'b100000000000001', 'Provider busy, trying again: Quetzalcoatl'),
              record(PAID_TRACE, 'd000000000000002', 'order accepted'),
            ],
          },
        ],
      },
    ],
  });
}

/** A server's report with nothing in it but what is given, of the story's first message unless told. */
export const hopRow = (columns: object): object => ({
  ...bareHopRow({ timeMs: 0 }),
  trace_id: PAID_TRACE,
  span_id: CREATED,
  raw: '{}',
  ...columns,
});

function hopRows(begin: bigint): object[] {
  const at = (ms: number): string => String(begin + BigInt(Math.round(ms * 1e6)));
  const hop = (columns: object) => hopRow({ time: at(3), ...columns });
  const toAudit = {
    egress_kind: ['client'],
    egress_time: [at(452)],
    egress_cid: ['31'],
    egress_name: ['audit'],
    egress_hop: [''],
    egress_account: [''],
    egress_subscription: ['payments.>'],
    egress_queue: [''],
    egress_error: [''],
  };
  return [
    hop({ stream: 'ORDERS', store_time: at(4), expects: ['1', '2'] }),
    hop({
      time: at(3.5),
      server_id: 'L1',
      server_name: 'leaf',
      cluster: '',
      domain: 'edge',
      hop: '1',
      ingress_kind: 'leaf',
      ingress_name: 'n1',
    }),
    hop({
      time: at(450.5),
      span_id: CAPTURED,
      subject: 'payments.captured',
      ingress_name: 'payment',
      ...toAudit,
    }),
  ];
}

const advisoryRows = (begin: bigint): object[] => [
  {
    time: String(begin + 900_000_000n),
    id: 'advisory-1',
    kind: 'max_deliver',
    stream: 'ORDERS',
    consumer: 'payment',
    stream_seq: '2',
    consumer_seq: '5',
    deliveries: 3,
    reason: '',
    domain: '',
    raw: '{}',
  },
];

function assetRows(begin: bigint): object[] {
  const asset = (columns: object) => ({
    time: String(begin + 1_000_000_000n),
    kind: 'consumer',
    account: 'APP',
    domain: '',
    cluster: 'hub',
    server_name: 'n1',
    stream: 'ORDERS',
    consumer: '',
    subjects: [],
    queue_group: '',
    messages: '2',
    bytes: '642',
    first_seq: '1',
    last_seq: '2',
    num_pending: '0',
    num_ack_pending: '0',
    num_redelivered: '0',
    num_waiting: '1',
    delivered_stream_seq: '2',
    ack_floor_stream_seq: '2',
    max_deliver: 3,
    ...columns,
  });
  return [
    asset({ kind: 'stream', subjects: ['orders.>'] }),
    asset({ consumer: 'payment', subjects: ['orders.created'] }),
    asset({ consumer: 'reports', subjects: ['orders.shipped'], num_pending: '17' }),
    // An older report of the same consumer must not win.
    asset({
      time: String(begin),
      consumer: 'reports',
      subjects: ['orders.shipped'],
      num_pending: '99',
    }),
  ];
}

const asLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/**
 * Stores the story as it began at `begin` (Unix ns); `folder` takes the batches. Stored again under another
 * `delivery` it is the same input once more, as from a client that saw no answer.
 */
export async function storeStory(
  database: Database,
  story: { folder: string; begin: bigint; delivery?: string },
): Promise<void> {
  const { folder, begin, delivery = 'story' } = story;
  const batches: [Signal, Uint8Array | string][] = [
    ['traces', traceRequests(begin)],
    // The same spans once more, as after a retried export: nothing may be doubled.
    ['traces', traceRequests(begin)],
    ['logs', logRequests(begin)],
    ['hops', asLines(hopRows(begin))],
    ['advisories', asLines(advisoryRows(begin))],
    ['assets', asLines(assetRows(begin))],
  ];
  for (const [index, [signal, content]] of batches.entries()) {
    const path = join(folder, `batch-${index}`);
    await writeFile(path, content);
    const outcome = await database.insert({ signal, path, id: `${delivery}-${index}` });
    if (outcome.status === 'refused') throw new Error(`${signal}: ${outcome.reason}`);
  }
}
