import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from '../errors.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint, segment } from '../terminal-text.ts';
import { jwtCommands, serverConfig } from './server-config.ts';

interface NatsConfigFlags {
  account?: string[];
  user: string;
  password: string;
  traceSubject: string;
  sampling: number;
  jwt?: boolean;
  check?: boolean;
  json?: boolean;
  nats?: string[];
  creds?: string;
  nkey?: string;
  tlsCa?: string;
  probeNats?: string[];
  probeUser?: string;
  probePassword?: string;
  probeCreds?: string;
  timeout: number;
}

const HELP = `
Examples:
  $ hopline nats-config
      what to add to the account APP: msg_trace, and a user for Hopline that can only listen
  $ hopline nats-config --account SHOP --account BILLING --jwt
      two accounts in JWTs: the commands of nsc, with exports to an account for Hopline
  $ hopline nats-config --check --nats nats://host:4222 --user hopline --password secret \\
      --probe-user app --probe-password app-password
      publishes small messages on hopline.check.* as app and says whether Hopline hears the reports;
      exit code 0 only if it does`;

/** `hopline nats-config`: how to switch server tracing on, and whether it is. */
export function addNatsConfig(program: Command): void {
  program
    .command('nats-config')
    .summary('print the server configuration that switches tracing on, or check it')
    .description('Prints what nats-server needs to report messages; --check tries whether it does.')
    .option('--account <name>', 'account to be traced; repeatable (APP)', collect)
    .option('--user <name>', "name of Hopline's user", 'hopline')
    .option('--password <password>', 'its password', 'change-me')
    .option('--trace-subject <subject>', 'subject of the reports', 'hopline.trace')
    .option('--sampling <percent>', 'of the sampled messages, 1 to 100', parsePercent, 100)
    .option('--jwt', 'accounts are JWTs: print the commands of nsc')
    .option('--check', 'connect and try whether it works')
    .option('--json', 'print JSON')
    .option('--nats <url>', 'NATS server to check; repeat it or separate with commas', collect)
    .option('--creds <file>', "credentials file of Hopline's user")
    .option('--nkey <file>', "NKey seed file of Hopline's user")
    .option('--tls-ca <file>', 'CA certificate')
    .option('--probe-nats <url>', 'where the probes are published (as --nats)', collect)
    .option('--probe-user <name>', 'a user of the traced account that may publish')
    .option('--probe-password <password>', 'its password')
    .option('--probe-creds <file>', 'its credentials file')
    .option('--timeout <seconds>', 'wait so long for the first report', parseSeconds, 10)
    .addHelpText('after', HELP)
    .action(natsConfig);
}

async function natsConfig(flags: NatsConfigFlags): Promise<void> {
  if (flags.check) return await check(flags);
  const options = { ...flags, accounts: flags.account ?? ['APP'] };
  const kind = flags.jwt ? 'nsc' : 'nats-server';
  const text = flags.jwt ? jwtCommands(options) : serverConfig(options);
  process.stdout.write(flags.json ? `${JSON.stringify({ kind, text }, null, 2)}\n` : text);
}

async function check(flags: NatsConfigFlags): Promise<void> {
  if (flags.nats === undefined) {
    throw new CliError('USAGE', 'cannot check without a server: give --nats nats://host:4222');
  }
  // Only this needs the NATS client; the other verbs start fast without it.
  const { checkTracing } = await import('@hopline/monitor');
  const result = await checkTracing({
    listen: listenSettings(flags, flags.nats),
    publish: publishSettings(flags, flags.nats),
    traceSubject: flags.traceSubject,
    timeoutMs: flags.timeout * 1000,
  });
  const { verdict, detail, server, version } = result;
  const isFine = verdict === 'works';
  if (flags.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (isFine) {
    const line = [segment('server tracing works', 'good'), segment(`: ${detail}`)];
    process.stdout.write(`${paint(line, stdoutShape().useColor)}\n`);
  }
  if (isFine) return;
  const where = server === '' ? '' : ` (${server}, nats-server ${version})`;
  throw new CliError('TRACING_OFF', `server tracing does not work: ${verdict}${where}: ${detail}`);
}

/** The names that only make sense together with a password are left out where a file says who we are. */
function listenSettings(
  { creds, nkey, tlsCa, user, password }: NatsConfigFlags,
  servers: string[],
) {
  const isFile = creds !== undefined || nkey !== undefined;
  return { servers, creds, nkeySeed: nkey, tlsCa, ...(isFile ? {} : { user, password }) };
}

function publishSettings(flags: NatsConfigFlags, servers: string[]) {
  const { probeNats, probeUser, probePassword, probeCreds, tlsCa } = flags;
  if (probeUser === undefined && probeCreds === undefined) {
    return listenSettings(flags, probeNats ?? servers);
  }
  const at = { servers: probeNats ?? servers, tlsCa, creds: probeCreds };
  return probeCreds === undefined ? { ...at, user: probeUser, password: probePassword } : at;
}

function collect(value: string, before: string[] | undefined): string[] {
  const parts = value.split(',').flatMap((part) => part.trim() || []);
  if (parts.length === 0) throw new InvalidArgumentError('Give at least one.');
  return [...(before ?? []), ...parts];
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (Number.isInteger(percent) && percent >= 1 && percent <= 100) return percent;
  throw new InvalidArgumentError('Sampling is a whole number from 1 to 100.');
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('Give seconds, at most 600.');
}
