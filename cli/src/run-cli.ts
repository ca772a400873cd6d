import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { addDemo } from './verbs/demo.ts';
import { addExporter } from './verbs/exporter.ts';
import { goFlags } from './verbs/exporter-flags.ts';
import { addLag } from './verbs/lag.ts';
import { addLatency } from './verbs/latency.ts';
import { addLintRules } from './verbs/lint-rules.ts';
import { addMessages } from './verbs/messages.ts';
import { addNatsConfig } from './verbs/nats-config.ts';
import { addPaths } from './verbs/paths.ts';
import { addSchema } from './verbs/schema.ts';
import { addServers } from './verbs/servers.ts';
import { addStatus } from './verbs/status.ts';
import { addSubjects } from './verbs/subjects.ts';
import { addTop } from './verbs/top.ts';
import { addTrace } from './verbs/trace.ts';
import { addUp } from './verbs/up.ts';

export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

/** Runs one command line; the result is the exit code. Errors are one line, or all of it with --debug. */
export async function runCli(args: readonly string[]): Promise<number> {
  // A reader that went away (`| head`, a closed terminal) must not end a stop in order half way.
  process.stdout.on('error', () => undefined);
  const program = createProgram();
  try {
    await program.parseAsync(goFlags(args), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    report(error, program.opts<{ debug?: boolean }>().debug === true);
    return error instanceof CliError ? error.exitCode : EXIT.failure;
  }
}

function createProgram(): Command {
  const program = new Command('hopline')
    .description('Shows where every message went, how long each hop took, and what was lost.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .option('--debug', 'print the whole error, not one line of it')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'hopline: ')),
    })
    .showHelpAfterError('(see hopline --help, or --help behind a verb)');
  addUp(program);
  addDemo(program);
  addTrace(program);
  addMessages(program);
  addPaths(program);
  addLatency(program);
  addTop(program);
  addLag(program);
  addServers(program);
  addStatus(program);
  addExporter(program);
  addNatsConfig(program);
  addLintRules(program);
  addSchema(program);
  addSubjects(program);
  return program;
}

function report(error: unknown, isDebug: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  if (isDebug) console.error(error);
  else console.error(`hopline: ${message}`);
}
