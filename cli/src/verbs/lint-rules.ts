import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { CliError } from '../errors.ts';
import { Catalogue } from '../lint-rules/catalogue.ts';
import { lintRules } from '../lint-rules/lint-rules.ts';
import { MODES, type Mode } from '../lint-rules/metric.ts';
import { readRules } from '../lint-rules/read-rules.ts';
import { renderLint } from '../lint-rules/render-lint.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint } from '../terminal-text.ts';

interface LintFlags {
  mode?: Mode;
  prefix?: string;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline lint-rules nats-alerts.yml
  $ hopline lint-rules --mode exporter --prefix mynats rules.yml
  $ hopline lint-rules --json rules.yml | jq '.rules[] | select(.verdict == "never")'

Exit code 1 when a rule is not "ok".`;

/** `hopline lint-rules`: which of a file's Prometheus rules can never fire, or always do, and why. */
export function addLintRules(program: Command): void {
  program
    .command('lint-rules')
    .argument('<file>', 'Prometheus rules, or a PrometheusRule of Kubernetes, in YAML')
    .summary('say which alert rules can never or always fire')
    .description(
      'Says which of your Prometheus rules on NATS metrics can never fire, always fire, or fire for ' +
        'something else than they say. Asks nobody: it knows names, types, units and labels.',
    )
    .addOption(
      new Option('--mode <mode>', 'whose metric names there are (default: all of them)').choices([
        ...MODES,
      ]),
    )
    .option('--prefix <prefix>', 'the -prefix of your exporter; "nats" is known')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText('after', HELP)
    .action(lint);
}

async function lint(path: string, { mode, prefix, json }: LintFlags): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CliError('NO_FILE', `cannot read ${path}: ${error.message}`, { cause: error });
  });
  const catalogue = new Catalogue({ modes: mode ? [mode] : MODES, prefix });
  const rules = lintRules(readRules(text, path), catalogue);
  if (json) process.stdout.write(`${JSON.stringify({ file: path, rules }, null, 2)}\n`);
  else {
    const { useColor } = stdoutShape();
    for (const line of renderLint(rules, path)) process.stdout.write(`${paint(line, useColor)}\n`);
  }
  const wrong = rules.filter(({ verdict }) => verdict !== 'ok').length;
  if (wrong > 0) throw new CliError('RULES_NOT_OK', `${wrong} of ${rules.length} rules are not ok`);
}
