import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../duration.ts';
import { CliError } from '../errors.ts';
import { stopRequested } from '../stop-requested.ts';
import { type ExporterFlags, toExporterOptions } from './exporter-flags.ts';
import { ignoredFlags } from './ignored-flags.ts';
import { collect, parsePort } from './up.ts';

const HELP = `
A flag may be written with one dash or two. Without any of the endpoints it exports -varz.

Examples:
  $ hopline exporter -varz -connz -jsz=all http://localhost:8222
      the names, labels and flags of prometheus-nats-exporter
  $ hopline exporter -prefix=nats -use_internal_server_name -varz -jsz=all http://a:8222 http://b:8222
      a cluster from one exporter; a dead server is hopline_exporter_server_up 0, never an old number
  $ hopline exporter --surveyor --nats nats://a:4222 --creds system.creds
      the names of nats-surveyor, all servers found and asked over the system account`;

/** `hopline exporter`: Prometheus metrics of NATS servers, alone, without a store. */
export function addExporter(program: Command): void {
  program
    .command('exporter')
    .summary('export NATS metrics to Prometheus')
    .description(
      'Serves what NATS servers say at their monitoring port to Prometheus. Ctrl-C stops it.',
    )
    .argument('[url...]', 'monitoring URL, or ID,URL to label its metrics with ID')
    .option('--varz', 'general metrics')
    .option('--connz', 'connections in total')
    .option('--connz_detailed', 'each connection too')
    .option('--healthz', 'health')
    .option('--healthz_js_enabled_only', 'health: JetStream is enabled')
    .option('--healthz_js_server_only', 'health: the server, without its streams and consumers')
    .option('--gatewayz', 'gateways')
    .option('--leafz', 'leaf nodes')
    .option('--routez', 'routes')
    .option('--subz', 'subscriptions')
    .option('--accstatz', 'traffic of accounts')
    .option('--accountz', 'limits of accounts')
    .option('--jsz <detail>', 'JetStream: accounts, streams, consumers or all')
    .option('--jsz_stream_meta_keys <keys>', 'metadata of streams to make labels of')
    .option('--jsz_consumer_meta_keys <keys>', 'metadata of consumers to make labels of')
    .option('--prefix <prefix>', 'first part of every name, in place of gnatsd and jetstream')
    .option('--use_internal_server_id', 'label servers with their id')
    .option('--use_internal_server_name', 'label servers with their name')
    .option('-a, --addr <address>', 'address to listen on (0.0.0.0)')
    .option('-p, --port <port>', 'port to listen on (7777)', parsePort)
    .option('--path <path>', 'path of the metrics (/metrics)')
    .option('--tlscert <file>', 'certificate; serves https')
    .option('--tlskey <file>', 'key of the certificate')
    .option('--tlscacert <file>', 'CA of scrapers; each must show a certificate')
    .option('--http_user <name>', 'basic authorization: user')
    .option('--http_pass <password>', 'basic authorization: password')
    .option('--bearer-token-file <file>', 'bearer authorization: file with the token')
    .option('--nats-ca <file>', 'CA certificate of https monitoring URLs and of NATS')
    .option('--nats-cert <file>', 'client certificate for servers that ask for one')
    .option('--nats-key <file>', 'key of that certificate')
    .option(
      '--native',
      "Hopline's own metrics: leaders only, lag in seconds, verdicts (docs/metrics.md)",
    )
    .option('--surveyor', 'the same under the names and labels of nats-surveyor')
    .option(
      '--nats <url>',
      'native: NATS server, for a user of the system account: finds and asks all servers; repeat it or separate with commas',
      collect,
    )
    .option('--creds <file>', 'credentials file of that user')
    .option('--nkey <file>', 'or its NKey seed file')
    .option('--user <name>', 'or its name')
    .option('--password <password>', 'and password')
    .option('--token <token>', 'or token')
    .option(
      '--jetstream <dir>',
      'surveyor: accounts whose advisories are counted, a JSON file each',
    )
    .option('--observe <dir>', 'surveyor: services whose latency is counted, a JSON file each')
    .option(
      '--interval <duration>',
      'between two sweeps, whoever scrapes (native: 10s; else slow endpoints are asked ahead of each scrape)',
      parseDuration,
    )
    .option(
      '--max-series <count>',
      'native: series of streams and consumers at most (200000)',
      parseCount,
    )
    .option('--probe', 'serve /probe?target=URL: the scraper names the server')
    .option(
      '--timeout <duration>',
      'most that a server may take for an answer (10s)',
      parseDuration,
    )
    .addOption(
      new Option(
        '--ri <seconds>',
        'nothing to set: a server that is not there yet is asked again',
      ).hideHelp(),
    )
    .addOption(new Option('-l, --log <file>').hideHelp())
    .addOption(new Option('-s, --syslog').hideHelp())
    .addOption(new Option('-r, --remote_syslog <address>').hideHelp())
    .addOption(new Option('-D, --debug-log').hideHelp())
    .addOption(new Option('--trace-log').hideHelp())
    .addHelpText('after', HELP)
    .action(runExporter);
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number above 0');
}

async function runExporter(servers: string[], flags: ExporterFlags): Promise<void> {
  const stop = stopRequested();
  // A scrape is a burst of short-lived text. V8 answers by enlarging the space for the young, for ever:
  // 375 MB resident at 10,000 consumers, 145 MB where that space keeps its size, in the same time.
  setFlagsFromString('--semi-space-growth-factor=1');
  // ... and by letting what survived the young pile up to several times what lives: a quarter less resident at 30,000
  // consumers with scrapes that nobody expects, in the same time.
  setFlagsFromString('--heap-growing-percent=50');
  // Only this verb needs it; and it needs nothing of the server, its store or a NATS client.
  const { startExporter } = await import('@hopline/monitor/exporter');
  const options = toExporterOptions(servers, flags);
  for (const line of ignoredFlags(servers, flags)) process.stderr.write(`hopline: ${line}\n`);
  const bearerToken = flags.bearerTokenFile && (await tokenOf(flags.bearerTokenFile));
  await using exporter = await startExporter({
    ...options,
    onConnection: ({ state, server, error }) =>
      void process.stderr.write(`NATS     ${state} ${server}${error}\n`),
    access: { ...options.access, bearerToken },
  });
  process.stdout.write(`Metrics  ${exporter.url}\nCtrl-C stops it.\n`);
  await stop;
}

async function tokenOf(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new CliError('EXPORTER_FLAGS', `cannot read the token: ${(error as Error).message}`);
  }
}
