import { type Command, InvalidArgumentError } from 'commander';
import { chooseDemoPorts } from '../demo/demo-ports.ts';
import { Progress } from '../demo/progress.ts';
import { welcome } from '../demo/welcome.ts';
import { parseDuration } from '../duration.ts';
import { ensureBuiltInClone } from '../ensure-built-in-clone.ts';
import { stopRequested } from '../stop-requested.ts';
import { parsePort } from './up.ts';

interface DemoFlags {
  port: number;
  otlpHttpPort: number;
  otlpGrpcPort: number;
  gatewayPort: number;
  rate: number;
  duration?: number;
  client?: boolean;
}

const MAX_RATE = 50;

const HELP = `
Starts a NATS cluster of three servers with JetStream and a leaf node, a shop of twelve processes that
do not know Hopline, and Hopline. Nothing is left behind: it all runs from a temporary directory.

Examples:
  $ hopline demo
  $ hopline demo --port 8070 --rate 12
  $ hopline demo --client
      the same shop on @hopline/client
  $ hopline demo --duration 30s
      stops by itself, for scripts`;

/** `hopline demo`: real orders through a real cluster, to look at. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('show it with a real NATS cluster and a small shop')
    .description(
      'Shows Hopline with a real NATS cluster and a small shop. Ctrl-C stops everything.',
    )
    .option('--port <port>', 'port of the UI', parsePort, 7070)
    .option('--otlp-http-port <port>', 'port of OTLP/HTTP; another if taken', parsePort, 4318)
    .option('--otlp-grpc-port <port>', 'port of OTLP/gRPC; another if taken', parsePort, 4317)
    .option('--gateway-port <port>', 'port to post orders to; another if taken', parsePort, 8080)
    .option('--rate <orders>', `orders a second, up to ${MAX_RATE}`, parseRate, 6)
    .option('--duration <duration>', 'stop by itself after 30s, 5m, 1h', parseDuration)
    .option('--client', 'the shop on @hopline/client instead of nats.js alone')
    .addHelpText('after', HELP)
    .action(demo);
}

async function demo(flags: DemoFlags): Promise<void> {
  const ports = await chooseDemoPorts({
    ui: flags.port,
    otlpHttp: flags.otlpHttpPort,
    otlpGrpc: flags.otlpGrpcPort,
    gateway: flags.gatewayPort,
  });
  process.stdout.write('\nHopline demo\n\n');
  await ensureBuiltInClone();
  const stop = stopRequested();
  const abort = new AbortController();
  void stop.then((signal) => abort.abort(new Error(`${signal} while starting`)));
  const progress = new Progress(process.stdout);
  try {
    await show({ flags, ports, progress, abort, stop });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  process.stdout.write('everything is stopped\n');
}

interface Show {
  flags: DemoFlags;
  ports: Awaited<ReturnType<typeof chooseDemoPorts>>;
  progress: Progress;
  abort: AbortController;
  stop: Promise<NodeJS.Signals>;
}

async function show({ flags, ports, progress, abort, stop }: Show): Promise<void> {
  // The parts behind it are heavy; `hopline --help` starts without them.
  const { startDemo } = await import('../demo/start-demo.ts');
  const { signal } = abort;
  await using demo = await startDemo({
    ports,
    client: flags.client ? 'hopline' : 'nats.js',
    ratePerSecond: flags.rate,
    progress,
    signal,
  });
  process.stdout.write(welcome(demo, flags.duration ?? null));
  const { promise: timer, cancel } = startTimer(flags.duration);
  try {
    await Promise.race([stop, demo.failure, timer]);
  } finally {
    cancel();
    process.stdout.write('\nstopping everything ...\n');
  }
}

/** Without a duration it never ends. */
function startTimer(durationMs: number | undefined): { promise: Promise<void>; cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (durationMs === undefined) return { promise, cancel: () => undefined };
  const timer = setTimeout(resolve, durationMs);
  return { promise, cancel: () => clearTimeout(timer) };
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate > 0 && rate <= MAX_RATE) return rate;
  throw new InvalidArgumentError(`More than 0, at most ${MAX_RATE}.`);
}
