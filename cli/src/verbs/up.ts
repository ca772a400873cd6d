import { type Command, InvalidArgumentError, Option } from 'commander';
import { ensureBuiltInClone } from '../ensure-built-in-clone.ts';
import type { RunningServer, ServerInput } from '../server-door.ts';
import { stopRequested } from '../stop-requested.ts';
import { toServerInput, type UpFlags } from './up-flags.ts';

const HELP = `
Every flag has an environment variable too, and there are settings that have no flag: docs/settings.md.

Examples:
  $ hopline up
      OTLP only: point your services' OTEL_EXPORTER_OTLP_ENDPOINT at it
  $ hopline up --nats nats://a:4222,nats://b:4222 --monitor http://a:8222 --monitor http://b:8222
      a cluster: trace events and advisories over NATS, streams and consumers from monitoring
  $ hopline up --nats tls://connect.example.com --creds ~/hopline.creds --data-dir /var/lib/hopline`;

/** `hopline up`: the server, alone, against the user's own NATS. */
export function addUp(program: Command): void {
  program
    .command('up')
    .summary('start Hopline against your own NATS')
    .description(
      'Starts Hopline: takes OTLP in, watches your NATS, serves the UI. Ctrl-C stops it.',
    )
    .option('--nats <url>', 'NATS server; repeat it or separate with commas', collect)
    .option('--monitor <url>', 'monitoring endpoint of a NATS server; repeatable', collect)
    .option('--creds <file>', 'credentials file')
    .option('--nkey <file>', 'NKey seed file')
    .option('--user <name>', 'user name')
    .option('--password <password>', 'password')
    .option('--token <token>', 'token')
    .option('--tls-ca <file>', 'CA certificate')
    .option('--tls-cert <file>', 'client certificate')
    .option('--tls-key <file>', 'key of the client certificate')
    .option('--trace-subject <subject>', "subject of the servers' trace events (hopline.trace)")
    .option('--data-dir <directory>', 'where journal and store live (.hopline)')
    .option('--host <address>', 'address of UI, API and OTLP (127.0.0.1)')
    .option('--port <port>', 'port of UI and API (7070)', parsePort)
    .option('--otlp-http-port <port>', 'port of OTLP/HTTP (4318)', parsePort)
    .option('--otlp-grpc-port <port>', 'port of OTLP/gRPC (4317)', parsePort)
    .addOption(
      new Option('--log-level <level>', 'own log (info)').choices([
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .addHelpText('after', HELP)
    .action(up);
}

async function up(flags: UpFlags): Promise<void> {
  await ensureBuiltInClone();
  const stop = stopRequested();
  // Only this verb needs the server; the others start fast without it.
  const { startServer } = await import('@hopline/server');
  const input: ServerInput = toServerInput(flags);
  const server = await startServer(input);
  try {
    announce(server);
    await stop;
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

function announce({ httpUrl, otlpHttpUrl, otlpGrpcUrl }: RunningServer): void {
  process.stdout.write(
    [
      `Hopline    ${httpUrl}`,
      `OTLP/HTTP  ${otlpHttpUrl}`,
      `OTLP/gRPC  ${otlpGrpcUrl}`,
      'Ctrl-C stops it.',
      '',
    ].join('\n'),
  );
}

export function collect(value: string, before: string[] | undefined): string[] {
  const urls = value.split(',').flatMap((url) => url.trim() || []);
  if (urls.length === 0) throw new InvalidArgumentError('Give at least one URL.');
  return [...(before ?? []), ...urls];
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 to 65535.');
}
