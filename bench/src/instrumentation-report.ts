import { cpus, totalmem } from 'node:os';
import type { Floor } from './instrumentation-floors.ts';
import { MODES, type Mode } from './instrumentation-modes.ts';

/** One value of each round, in the same order for every mode. */
export type Samples = Map<Mode, number[]>;

interface Row {
  name: string;
  sizeBytes: number;
  samples: Samples;
}

/** Live heap by tenths of the messages. */
interface HeapGrowth {
  mode: Mode;
  messages: number;
  liveBytes: number[];
  exportedSpans: number;
}

export interface Figures {
  rounds: number;
  /** CPU microseconds a message. */
  sink: Row[];
  /** The same of other ways to send. */
  surfaces: Row[];
  /** Messages a second. */
  server: Row[];
  latency: { mode: Mode; rounds: { p50Ms: number; p99Ms: number }[] }[];
  unacked: HeapGrowth[];
  floors: Floor[];
  heap: HeapGrowth[];
}

/** A table alone, for `--row`. */
export function rowsAlone({ sink, surfaces, server, latency, rounds }: Figures): string {
  return [
    ...(sink.length > 0 ? table(sink, (value) => value.toFixed(2)) : []),
    ...(surfaces.length > 0 ? table(surfaces, (value) => value.toFixed(2)) : []),
    ...(server.length > 0 ? table(server, (value) => (value / 1000).toFixed(1)) : []),
    ...(latency.length > 0 ? latencySection({ latency }) : []),
    `${rounds} rounds`,
    '',
  ].join('\n');
}

export function report(figures: Figures): string {
  const [processor] = cpus();
  const mib = Math.round(totalmem() / 1024 ** 2);
  return [
    '# What the instrumentation costs',
    '',
    'Written by `npm run bench:instrumentation`; the notes at the end are kept.',
    '',
    `- Machine: ${cpus().length} × ${processor?.model.trim()}, ${mib} MiB, Node ${process.version}; ` +
      'the servers and whatever else the machine does run on it, too.',
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Each mode is a process of its own. All take turns, ${figures.rounds} rounds after one to warm up. ` +
      'A figure is the median of the rounds, a ratio the median of the ratios within each round.',
    '- Client: `@nats-io/nats-core` 3.4. A received message carries a `traceparent` in every mode.',
    ...LEGEND,
    '',
    '## The client’s own work, network taken out',
    '',
    'CPU microseconds a message, all threads of the process, and the ratio to `plain`.',
    '',
    ...table(figures.sink, (value) => value.toFixed(2)),
    '',
    'Other ways to send, the same figures. `request` and `js.publish` are answered by the connection itself, which',
    'costs every mode the same; the caller’s own headers are one.',
    '',
    ...table(figures.surfaces, (value) => value.toFixed(2)),
    '',
    '## With a real nats-server',
    '',
    'Thousands of messages a second, and the ratio to `plain`: below 1 is a loss.',
    '',
    ...table(figures.server, (value) => (value / 1000).toFixed(1)),
    '',
    ...latencySection(figures),
    '',
    ...heapSections(figures),
    '',
    ...floorsSection(figures.floors),
    '',
  ].join('\n');
}

const LEGEND = [
  '- `no SDK`: only the instrumentation. `0 %`, `1 %`, `100 %`: the pipeline that the preload sets up, ' +
    'parent-based sampling, batch processor, metrics on, exporters that take everything and do nothing. ' +
    '`header alone`: the client without instrumentation, each message with a constant sampled `traceparent`, ' +
    'which is what context costs client and server whoever writes it; `header alone 1 %`: one of a hundred is sampled. ' +
    '`SDK …`: the same as `…` with the providers of the OpenTelemetry SDK. `OTLP`: the preload at 100 %, ' +
    'serializing and sending to an HTTP server.',
];

function table(rows: Row[], show: (value: number) => string): string[] {
  const modes = MODES.filter((mode) => rows[0]?.samples.has(mode));
  const cell = (row: Row, mode: Mode): string => {
    const values = row.samples.get(mode) ?? [];
    const plain = row.samples.get('plain') ?? [];
    const ratio = median(values.map((value, round) => value / (plain[round] ?? Number.NaN)));
    const text = show(median(values));
    return mode === 'plain' ? text : `${text} (${ratio.toFixed(2)}×)`;
  };
  return [
    `| | ${modes.join(' | ')} |`,
    `|---|${modes.map(() => '---:').join('|')}|`,
    ...rows.map(
      (row) =>
        `| ${row.name}, ${sizeText(row.sizeBytes)} | ${modes.map((mode) => cell(row, mode)).join(' | ')} |`,
    ),
  ];
}

function latencySection({ latency }: Pick<Figures, 'latency'>): string[] {
  const plain = latency.find(({ mode }) => mode === 'plain')?.rounds ?? [];
  const p99s = plain.map(({ p99Ms }) => p99Ms);
  return [
    '## End-to-end latency at 10,000 messages a second',
    '',
    'Publish to handler through the real server, both ends in one process; milliseconds.',
    '',
    '| | P50 | P99 | P99 difference |',
    '|---|---:|---:|---:|',
    ...latency.map(({ mode, rounds }) => {
      const p50 = median(rounds.map(({ p50Ms }) => p50Ms));
      const p99 = median(rounds.map(({ p99Ms }) => p99Ms));
      const more = median(rounds.map(({ p99Ms }, round) => p99Ms - (p99s[round] ?? Number.NaN)));
      return `| ${mode} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${mode === 'plain' ? '' : more.toFixed(2)} |`;
    }),
  ];
}

export function heapSections(figures: Figures): string[] {
  return [
    '## Live heap',
    '',
    'MiB after a full collection, before and after each tenth of the messages, half of them sent and half received.',
    '',
    ...heapTable(figures.heap),
    '',
    '## Live heap with messages that nobody acknowledges',
    '',
    'The same of a pull consumer of a stream, over messages that are taken and dropped.',
    '',
    ...heapTable(figures.unacked),
  ];
}

function heapTable(growths: HeapGrowth[]): string[] {
  return [
    '| mode | messages | MiB | spans exported |',
    '|---|---:|---|---:|',
    ...growths.map(
      ({ mode, messages, liveBytes, exportedSpans }) =>
        `| ${mode} | ${messages.toLocaleString('en')} | ` +
        `${liveBytes.map((bytes) => (bytes / 1024 ** 2).toFixed(1)).join(' ')} | ${exportedSpans.toLocaleString('en')} |`,
    ),
  ];
}

function floorsSection(floors: Floor[]): string[] {
  return [
    '## Floors',
    '',
    'What calls of OpenTelemetry itself take, in a loop of their own: wall nanoseconds a call, the best of ten rounds.',
    'An instrumentation that uses the SDK as it is makes, for each message, at least a span, two or three',
    'measurements, an injection or an extraction and, to receive, a `context.with`.',
    '',
    '| call | ns |',
    '|---|---:|',
    ...floors.map(({ name, ns }) => `| ${name} | ${ns.toFixed(0)} |`),
  ];
}

function sizeText(sizeBytes: number): string {
  return sizeBytes < 1024 ? `${sizeBytes} B` : `${sizeBytes / 1024} KiB`;
}

function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted.length >> 1;
  const high = sorted[upper] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] ?? Number.NaN) + high) / 2;
}
