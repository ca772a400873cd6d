import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { SubjectProblem, SubjectRules } from '@hopline/client/envelope';
import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from '../errors.ts';

interface LintFlags {
  file?: string;
  subscribe?: boolean;
  minTokens?: number;
  maxTokens?: number;
  maxLength?: number;
  token?: RegExp;
  json?: boolean;
}

const HELP = `
Examples:
  $ hopline subjects lint shop.order.created shop.order.paid
  $ hopline subjects lint --subscribe 'shop.*.created' 'billing.>'
  $ hopline subjects lint --file subjects.txt --min-tokens 2
  $ grep -oh "publish('[^']*" -r src | cut -d"'" -f2 | hopline subjects lint --file -

Exit code 1 when a subject breaks a rule.`;

/** `hopline subjects lint`: do subjects keep to the naming rules? The check behind it is `lintSubject`. */
export function addSubjects(program: Command): void {
  const subjects = program
    .command('subjects')
    .summary('check the names of subjects')
    .description('Checks the names of subjects: domain.entity.event. Asks nobody.')
    .addHelpText('after', HELP);
  subjects
    .command('lint')
    .argument('[subjects...]', 'what is checked')
    .summary('say which subjects break the naming rules')
    .description('Says which subjects break the naming rules, and which rule.')
    .option('--file <path>', 'one subject a line, # for comments; - is standard input')
    .option('--subscribe', 'subjects to subscribe to: wildcards are allowed')
    .option('--min-tokens <n>', 'fewest tokens (default: 3)', count)
    .option('--max-tokens <n>', 'most tokens (default: 8)', count)
    .option('--max-length <n>', 'longest subject in characters (default: 200)', count)
    .option('--token <regex>', 'what a token looks like (default: ^[a-z0-9][a-z0-9_-]*$)', pattern)
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', HELP)
    .action(lint);
}

async function lint(given: string[], flags: LintFlags): Promise<void> {
  const { file, subscribe, json, ...limits } = flags;
  const subjects = [...given, ...(file === undefined ? [] : await subjectsIn(file))];
  if (subjects.length === 0) {
    throw new CliError(
      'NO_SUBJECTS',
      'cannot check subjects: there are none; name some, or --file',
    );
  }
  const { lintSubject } = await import('@hopline/client/envelope');
  const rules: SubjectRules = { ...limits, ...(subscribe && { use: 'subscribe' }) };
  const checked = subjects.map((subject) => ({ subject, problems: lintSubject(subject, rules) }));
  if (json) process.stdout.write(`${JSON.stringify({ subjects: checked }, null, 2)}\n`);
  else for (const { subject, problems } of checked) write(subject, problems);
  const wrong = checked.filter(({ problems }) => problems.length > 0).length;
  if (wrong > 0) {
    throw new CliError('SUBJECTS_NOT_OK', `${wrong} of ${checked.length} subjects break a rule`);
  }
}

function write(subject: string, problems: readonly SubjectProblem[]): void {
  for (const { rule, message } of problems) {
    process.stdout.write(`${subject}: ${message} (${rule})\n`);
  }
}

async function subjectsIn(path: string): Promise<string[]> {
  const content = path === '-' ? text(process.stdin) : readFile(path, 'utf8');
  const lines = (
    await content.catch((error: Error) => {
      throw new CliError('NO_FILE', `cannot read ${path}: ${error.message}`, { cause: error });
    })
  ).split('\n');
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
}

function count(value: string): number {
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('A whole number, at least 1.');
}

function pattern(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
