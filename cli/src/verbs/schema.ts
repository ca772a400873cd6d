import { writeFile } from 'node:fs/promises';
import type { CompatibilityMode, Draft } from '@hopline/client/schemas';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkSchema } from '../schema/check-schema.ts';
import { diffLines } from '../schema/diff-lines.ts';
import { addRegistryOptions, openRegistry, type RegistryFlags } from '../schema/open-registry.ts';
import { parseReference, readDraft } from '../schema/read-draft.ts';
import { stdoutShape } from '../stdout-shape.ts';
import { paint } from '../terminal-text.ts';

const HELP = `
Examples:
  $ hopline schema push shop.order.created order.avsc
  $ hopline schema check shop.order.created order.avsc --against registry --json
  $ hopline schema check order.proto --against main/order.proto --mode FULL
  $ hopline schema diff shop.order.created 1 2
  $ hopline schema pull shop.order.created --out order.avsc`;

const MODES = [
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
] as const satisfies readonly CompatibilityMode[];

/** `hopline schema`: the schema registry in NATS key-value. */
export function addSchema(program: Command): void {
  const schema = program
    .command('schema')
    .summary('list, push, pull, check and compare schemas')
    .description('Works on the schema registry that lies in a key-value bucket of NATS.')
    .addHelpText('after', HELP);
  const verb = (usage: string, summary: string): Command =>
    addRegistryOptions(schema.command(usage).description(summary));

  verb('list [subject]', 'Lists subjects, or the versions of one.')
    .option('--json', 'print JSON')
    .action(list);
  verb('push <subject> <file>', 'Registers a schema: .avsc, .json (JSON Schema) or .proto.')
    .option('--reference <name=subject@version>', 'what the schema refers to', parseReference)
    .option('--semver <version>', 'semantic version (default: what the change asks for)')
    .addOption(new Option('--mode <mode>', "sets the subject's compatibility first").choices(MODES))
    .option('--json', 'print JSON')
    .action(push);
  verb('pull <subject> [version]', 'Prints a schema; by default the latest.')
    .option('--out <file>', 'write it there')
    .action(pull);
  verb('diff <subject> [from] [to]', 'Compares two versions; by default the last two.').action(
    diff,
  );
  verb('check <subject-or-file> [file]', 'Says whether a schema may follow; registers nothing.')
    .requiredOption('--against <what>', '"registry", or the file of the older schema')
    .option('--reference <name=subject@version>', 'what the schema refers to', parseReference)
    .addOption(new Option('--mode <mode>', 'against a file (default: BACKWARD)').choices(MODES))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code 0: compatible; 1: not compatible; 3: it could not be checked.',
    )
    .action(checkSchema);
}

async function list(subject: string | undefined, flags: RegistryFlags & { json?: boolean }) {
  await using open = await openRegistry(flags);
  const { registry } = open;
  if (subject !== undefined) {
    const record = await registry.subject(subject);
    const compatibility = await registry.compatibility(subject);
    if (flags.json) return print(JSON.stringify({ ...record, compatibility }, null, 2));
    for (const { version, semver, format, id, createdAt } of record.versions) {
      print(
        `${String(version).padStart(4)}  ${semver.padEnd(9)} ${format.padEnd(9)} ${id}  ${createdAt}`,
      );
    }
    return;
  }
  const subjects = await registry.subjects();
  const rows = await Promise.all(
    subjects.map(async (name) => ({
      subject: name,
      latest: await registry.version(name, 'latest').catch(() => undefined),
      compatibility: await registry.compatibility(name),
    })),
  );
  if (flags.json) return print(JSON.stringify({ subjects: rows }, null, 2));
  for (const { subject: name, latest, compatibility } of rows) {
    const last = latest ? `v${latest.version} ${latest.semver} ${latest.format}` : 'no version';
    print(`${name}  ${last}  ${compatibility}`);
  }
}

interface PushFlags extends RegistryFlags {
  reference?: Draft['references'];
  semver?: string;
  mode?: CompatibilityMode;
  json?: boolean;
}

async function push(subject: string, file: string, flags: PushFlags): Promise<void> {
  const draft = await readDraft(file);
  await using open = await openRegistry(flags, { create: true });
  if (flags.mode) await open.registry.setCompatibility(flags.mode, subject);
  const made = await open.registry.register(subject, {
    ...draft,
    references: flags.reference,
    semver: flags.semver,
  });
  if (flags.json) return print(JSON.stringify(made, null, 2));
  const word = made.isNew ? 'registered' : 'unchanged';
  print(`${word}: ${subject} version ${made.version} (${made.semver}), id ${made.id}`);
}

interface PullFlags extends RegistryFlags {
  out?: string;
}

async function pull(subject: string, version: string | undefined, flags: PullFlags): Promise<void> {
  const asked = version === undefined ? 'latest' : parseVersion(version);
  await using open = await openRegistry(flags);
  const { id } = await open.registry.version(subject, asked);
  const { text } = await open.registry.schema(id);
  if (flags.out) await writeFile(flags.out, text);
  else print(text.trimEnd());
}

async function diff(
  subject: string,
  ...[from, to, flags]: [string | undefined, string | undefined, RegistryFlags]
): Promise<void> {
  await using open = await openRegistry(flags);
  const { registry } = open;
  const { versions } = await registry.subject(subject);
  const last = to === undefined ? versions.length : parseVersion(to);
  const first = from === undefined ? Math.max(1, last - 1) : parseVersion(from);
  const [before = '', after = ''] = await Promise.all(
    [first, last].map(async (version) => {
      const { id } = await registry.version(subject, version);
      const record = await registry.schema(id);
      return spread(record.text);
    }),
  );
  const { useColor } = stdoutShape();
  for (const line of diffLines(before, after)) print(paint(line, useColor));
}

/** JSON on many lines, so that lines can be compared. */
function spread(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.trimEnd();
  }
}

function parseVersion(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number from 1.');
  return Number(text);
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
