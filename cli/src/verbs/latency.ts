import { formatDuration } from '@hopline/model';
import type { LatencyResponse, SlowestResponse } from '@hopline/model/api';
import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { urlOption } from '../api/url-option.ts';
import { sinceOption } from '../duration.ts';
import { onePath } from '../latency/one-path.ts';
import { markOf, stageLines } from '../latency/stage-lines.ts';
import { pathNameLine } from '../paths/path-lines.ts';
import { listShape } from '../stdout-shape.ts';
import { paint, type Segment, segment, truncate } from '../terminal-text.ts';
import { PROVENANCE_LEGEND } from '../trace/stage-words.ts';

interface LatencyFlags {
  url: string;
  since: number;
  json?: boolean;
}

const NS_PER_MS = 1_000_000n;
const SLOWEST = 5;
const MAX_PATHS = 1000;

const HELP = `
The path is named by words that stand in its producer, subject or consumer.

Examples:
  $ hopline latency orders.created payment
  $ hopline latency gateway notifications --since 1h --json`;

/** `hopline latency <path>`: where the time goes on one path. */
export function addLatency(program: Command): void {
  program
    .command('latency')
    .summary('show where the time goes on a path, stage by stage')
    .description('Shows the stages of the messages on one path, and the slowest messages.')
    .argument('<path...>', 'words of its producer, subject or consumer')
    .addOption(sinceOption('15m'))
    .option('--json', 'print the answers of the server as JSON')
    .addOption(urlOption())
    .addHelpText('after', HELP)
    .action(latency);
}

async function latency(words: string[], { url, since, json }: LatencyFlags): Promise<void> {
  const client = new ApiClient(url);
  const now = BigInt(Date.now()) * NS_PER_MS;
  const range = { from: String(now - BigInt(since) * NS_PER_MS), to: String(now) };
  const { paths } = await client.get('paths', { query: { ...range, limit: MAX_PATHS } });
  const path = onePath(paths, words);
  const { producer, subject, consumer } = path;
  const query = { ...range, producer, subject, consumer };
  const [stages, slowest] = await Promise.all([
    client.get('latency', { query }),
    client.get('slowest', { query: { ...query, limit: SLOWEST } }),
  ]);
  if (json) {
    process.stdout.write(`${JSON.stringify({ path, ...stages, slowest }, null, 2)}\n`);
    return;
  }
  const { width, useColor } = listShape();
  const head = [pathNameLine(path, width), []];
  for (const line of [...head, ...latencyLines(stages, slowest, width)]) {
    process.stdout.write(`${paint(truncate(line, width), useColor)}\n`);
  }
}

function latencyLines(
  { stages, redeliveries }: LatencyResponse,
  slowest: SlowestResponse,
  width: number,
): Segment[][] {
  const used = [...stages, ...redeliveries].map(markOf);
  const legend = (['~', '*'] as const).filter((mark) => used.includes(mark));
  return [
    ...stageLines(stages, width),
    ...(redeliveries.length === 0 ? [] : [[], [segment('redeliveries', 'dim')]]),
    ...(redeliveries.length === 0 ? [] : stageLines(redeliveries, width)),
    [],
    [segment('slowest', 'dim')],
    ...slowest.deliveries.map(({ duration, traceId, failed }) => [
      segment(`  ${formatDuration(BigInt(duration)).padStart(8)}  `),
      segment(traceId, 'accent'),
      segment(failed ? '  failed' : '', 'bad'),
    ]),
    ...(legend.length === 0 ? [] : [[]]),
    ...legend.map((mark) => [segment(`${mark} ${PROVENANCE_LEGEND[mark]}`, 'dim')]),
  ];
}
