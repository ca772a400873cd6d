import type { CompatibilityMode, Draft, Verdict } from '@hopline/client/schemas';
import { CliError, reasonOf } from '../errors.ts';
import { loadFormats, openRegistry, type RegistryFlags } from './open-registry.ts';
import { readDraft } from './read-draft.ts';

interface CheckFlags extends RegistryFlags {
  against: string;
  reference?: Draft['references'];
  mode?: CompatibilityMode;
  json?: boolean;
}

/** A pipeline has to tell "not compatible" (1) from "nobody could say" (3). */
const NOT_CHECKED = 3;

/** `hopline schema check`: against the registry, or against a file without any NATS. */
export async function checkSchema(
  subjectOrFile: string,
  file: string | undefined,
  flags: CheckFlags,
): Promise<void> {
  const verdict = await judge(subjectOrFile, file, flags).catch((error: unknown) => {
    throw new CliError('NOT_CHECKED', reasonOf(error), { cause: error, exitCode: NOT_CHECKED });
  });
  const { subject, mode, isCompatible, problems } = verdict;
  const { problemText } = await import('@hopline/client/schemas');
  if (flags.json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  else {
    for (const problem of problems) process.stdout.write(`${problemText(problem)}\n`);
    if (isCompatible) process.stdout.write(`${subject}: compatible (${mode})\n`);
  }
  if (!isCompatible) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    throw new CliError('NOT_COMPATIBLE', `${subject} is not ${mode}: ${count}`);
  }
}

async function judge(
  subjectOrFile: string,
  file: string | undefined,
  { against, reference, mode, ...flags }: CheckFlags,
): Promise<Verdict> {
  const path = file ?? subjectOrFile;
  const draft = await readDraft(path);
  if (against === 'registry') {
    if (file === undefined) throw new CliError('NO_SUBJECT', 'cannot check: name the subject too');
    await using open = await openRegistry(flags);
    return await open.registry.check(subjectOrFile, { ...draft, references: reference });
  }
  const older = await readDraft(against);
  const { problemsOf } = await import('@hopline/client/schemas');
  const formats = await loadFormats();
  const [next, previous] = [draft, older].map(({ format: name, text }) => {
    const format = formats.find((each) => each.name === name);
    if (!format) throw new CliError('UNKNOWN_FORMAT', `cannot read ${name}`);
    format.codec({ text });
    return { version: 1, format, source: { text } };
  });
  const asked = mode ?? 'BACKWARD';
  const problems = next && previous ? problemsOf(asked, next, [previous]) : [];
  return { subject: path, mode: asked, isCompatible: problems.length === 0, problems };
}
