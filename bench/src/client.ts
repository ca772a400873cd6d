/**
 * What the client costs, against nats.js alone, side by side in one run:
 * `npm run bench:client -- [--rounds n] [--only part-of-a-name]`. Prints the figures and writes
 * bench/results/client.md; with `--only` it prints those rows with a server and writes nothing.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startNats } from '@hopline/testkit';
import { type CodecCost, codecCosts } from './client-codec-works.ts';
import { type Contest, compete, type Outcome } from './client-contest.ts';
import { serverContests } from './client-server-works.ts';
import { sinkContests } from './client-sink-works.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, only: { type: 'string' } },
});
const { only } = values;
const ROUNDS = Number(values.rounds);
/** Works without a network are short, and noise is all that they have. */
const SINK_ROUNDS = 5 * ROUNDS;
const SIZE_BYTES = 256;

const results = fileURLToPath(new URL('../results/client.md', import.meta.url));

await using resources = new AsyncDisposableStack();
if (only !== undefined) {
  const contests = await serverContests(
    resources.use(await startNats()).url,
    SIZE_BYTES,
    resources,
  );
  const chosen = contests.filter(({ name }) => name.includes(only));
  process.stdout.write(section(`Only “${only}”`, await all(chosen, ROUNDS)).join('\n'));
  await resources.disposeAsync();
  process.exit();
}
// Before any connection to a real server: nats.js keeps one kind of transport at a time.
const sink = await all(await sinkContests(SIZE_BYTES, resources), SINK_ROUNDS);
const nats = resources.use(await startNats());
const server = await all(await serverContests(nats.url, SIZE_BYTES, resources), ROUNDS);

const codecs = codecCosts(ROUNDS);

/** One section for each question. */
const sections = [
  ...section('The clients’ own work, network taken out', sink),
  ...section('With a real nats-server on the same machine', server),
  ...codecSection(codecs),
];
const text = [...preamble(), ...sections].join('\n');
await mkdir(fileURLToPath(new URL('../results', import.meta.url)), { recursive: true });
await writeFile(results, text + (await notesOf(results)));
process.stdout.write(text);

async function all(contests: readonly Contest[], rounds: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const contest of contests) outcomes.push(await compete(contest, rounds));
  return outcomes;
}

function preamble(): string[] {
  const [processor] = cpus();
  const mib = Math.round(totalmem() / 1024 ** 2);
  return [
    '# What the client costs',
    '',
    'Written by `npm run bench:client`; the notes at the end are kept.',
    '',
    `- Machine: ${cpus().length} × ${processor?.model.trim()}, ${mib} MiB, Node ${process.version}; ` +
      'the server and whatever else the machine does run on it, too.',
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Payloads of ${SIZE_BYTES} B, no envelope. Microseconds a message: CPU time of all threads of this ` +
      'process, and time on the clock. nats.js and the client take turns, ' +
      `${ROUNDS} rounds (${SINK_ROUNDS} without a network) after a quarter more to warm up; figures are ` +
      'medians of the rounds, ratios medians of the ratios within each round.',
    '- nats.js publishes to streams with a message id, as the client does.',
    '',
  ];
}

function section(title: string, outcomes: readonly Outcome[]): string[] {
  const us = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  return [
    `## ${title}`,
    '',
    '| | nats.js CPU | client CPU | ratio | nats.js clock | client clock | ratio |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...outcomes.map(
      ({ name, bare, client, ratio }) =>
        `| ${name} | ${us(bare.cpuUs)} | ${us(client.cpuUs)} | ${ratio.cpuUs.toFixed(2)}× | ` +
        `${us(bare.wallUs)} | ${us(client.wallUs)} | ${ratio.wallUs.toFixed(2)}× |`,
    ),
    '',
  ];
}

function codecSection(costs: readonly CodecCost[]): string[] {
  const us = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
  // Bytes a microsecond are megabytes a second.
  const rate = (bytes: number, costUs: number): string => (bytes / costUs).toFixed(0);
  return [
    '## Codecs',
    '',
    'CPU time a value. MB/s are of the value’s JSON text, whatever it is encoded as, so that they compare: of the',
    'encoded bytes it is less. “JSON, no schema” is `JSON.stringify` and `JSON.parse` with UTF-8; the codecs check',
    'every value against its schema.',
    '',
    '| value | format | bytes | encode µs | MB/s | decode µs | MB/s |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...costs.map(
      ({ value, format, sizeBytes, jsonBytes, encodeUs, decodeUs }) =>
        `| ${value} | ${format} | ${sizeBytes} | ${us(encodeUs)} | ${rate(jsonBytes, encodeUs)} | ` +
        `${us(decodeUs)} | ${rate(jsonBytes, decodeUs)} |`,
    ),
    '',
  ];
}

/** What was written by hand below the figures stays. */
async function notesOf(path: string): Promise<string> {
  const before = await readFile(path, 'utf8').catch(() => '');
  const at = before.indexOf('\n## Notes');
  return at < 0 ? '' : before.slice(at);
}
