import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Draft, FormatName } from '@hopline/client/schemas';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../errors.ts';

const FORMATS: Record<string, FormatName> = {
  '.avsc': 'avro',
  '.json': 'json',
  '.proto': 'protobuf',
};

/** A schema's file; what it holds follows from its name. */
export async function readDraft(path: string): Promise<Draft> {
  const format = FORMATS[extname(path)];
  if (!format) {
    const known = Object.keys(FORMATS).join(', ');
    throw new CliError('UNKNOWN_FORMAT', `cannot tell the format of ${path}: known are ${known}`);
  }
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CliError('NO_FILE', `cannot read ${path}: ${error.message}`, { cause: error });
  });
  return { format, text };
}

type DraftReference = NonNullable<Draft['references']>[number];

/** `shared/money.proto=money@1`, as often as wanted. */
export function parseReference(text: string, before: DraftReference[] = []): DraftReference[] {
  const [, name, subject, version] = /^(.+)=(.+)@(\d+)$/.exec(text) ?? [];
  if (!name || !subject) throw new InvalidArgumentError('Write it as NAME=SUBJECT@VERSION.');
  return [...before, { name, subject, version: Number(version) }];
}
