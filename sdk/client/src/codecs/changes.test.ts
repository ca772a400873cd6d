import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import protobufjs from 'protobufjs';
import { avro } from './avro/index.ts';
import type { Format, SchemaSource } from './codec.ts';
import { json } from './json/index.ts';
import { protobuf } from './protobuf/index.ts';
import { CHANGES, type Change } from './testing/changes.ts';

const PAGE = new URL('../../../../docs/schema-changes.md', import.meta.url);
const FORMATS: Record<string, Format> = { avro, json, protobuf };

/** The reference: write with one version, read with the other by the codec's library. */
function reads(
  change: Change,
  { reader, writer }: { reader: SchemaSource; writer: SchemaSource },
  sample: unknown,
): boolean {
  const format = FORMATS[change.format] as Format;
  const [written, read] = [format.codec(writer), format.codec(reader)];
  const bytes = written.encode(sample);
  let value: unknown;
  try {
    value = read.decode(bytes, written);
  } catch {
    return false;
  }
  // Protobuf reads nearly everything as something: the values have to be those that were sent.
  return change.format !== 'protobuf' || sameFields(reader.text, writer.text, { sample, value });
}

/** Each field that was sent, where the reader has it by number, or by name at another number. */
function sameFields(
  reader: string,
  writer: string,
  { sample, value }: { sample: unknown; value: unknown },
): boolean {
  const [read, written] = [reader, writer].map((text) => {
    return protobufjs.parse(text, { keepCase: true }).root.nestedArray[0] as protobufjs.Type;
  }) as [protobufjs.Type, protobufjs.Type];
  const got = value as Record<string, unknown>;
  return Object.entries(sample as object).every(([name, sent]) => {
    const target = read.fieldsById[written.fields[name]?.id ?? 0] ?? read.fields[name];
    return !target || shape(got[target.name]) === shape(sent);
  });
}

/** 64-bit integers are strings, smaller ones are numbers; bytes are what the text is made of. */
function shape(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('latin1'));
  if (typeof value !== 'object' || value === null) return JSON.stringify(String(value));
  return `{${Object.entries(value).map(([key, inner]) => `${key}:${shape(inner)}`)}}`;
}

for (const change of CHANGES) {
  test(`${change.format}: ${change.change}`, () => {
    const { before, after } = sources(change);
    const format = FORMATS[change.format] as Format;
    for (const [way, reader, writer, sample] of [
      ['backward', after, before, change.old],
      ['forward', before, after, change.new],
    ] as const) {
      const found = format.incompatibilities(reader, writer);
      const shown = JSON.stringify(found);
      assert.equal(
        found.length === 0,
        reads(change, { reader, writer }, sample),
        `${way}: ${shown}`,
      );
      for (const { rule, path, message } of found) assert.ok(rule && path && message, shown);
    }
    assert.deepEqual(format.incompatibilities(before, before), [], 'the same schema');
  });
}

test('docs/schema-changes.md says what the rules say', () => {
  const text = page();
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(PAGE, text);
  assert.equal(readFileSync(PAGE, 'utf8'), text, 'run with UPDATE_GOLDENS=1');
});

function page(): string {
  const lines = [
    '# Allowed changes of schemas',
    '',
    'Written by `sdk/client/src/codecs/changes.test.ts`, which holds every row against the codecs themselves:',
    'written with one version, read with the other. *Backward*: the new version reads what the old one wrote.',
    '*Forward*: the old version reads what the new one writes. The rule is named where the answer is no.',
    '',
    '| format | change | backward | forward |',
    '|---|---|---|---|',
    ...CHANGES.map((change) => {
      const { before, after } = sources(change);
      const format = FORMATS[change.format] as Format;
      const [backward, forward] = [verdict(format, after, before), verdict(format, before, after)];
      return `| ${change.format} | ${change.change} | ${backward} | ${forward} |`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function verdict(format: Format, reader: SchemaSource, writer: SchemaSource): string {
  const rules = format.incompatibilities(reader, writer).map(({ rule }) => `\`${rule}\``);
  return rules.length === 0 ? 'yes' : `no: ${[...new Set(rules)].join(', ')}`;
}

const sources = ({ before, after }: Change): { before: SchemaSource; after: SchemaSource } => ({
  before: { text: before },
  after: { text: after },
});
