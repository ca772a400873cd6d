import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorAnswers } from './api/errors.ts';
import { type Setting, settings } from './config.ts';

const DOCS = join(import.meta.dirname, '../../docs');
const MIB = 1024 * 1024;

test('docs/settings.md lists every setting as it is', () => {
  const rows = settings().map(
    (setting) =>
      `| \`${setting.path}\` | \`${setting.env}\` | ${shown(setting)} | ${setting.description} |`,
  );
  agrees('settings.md', [
    '# Settings',
    '',
    'Flags go before the environment, the environment before the defaults; `hopline up --help` names the flags.',
    'Lists are comma-separated in the environment.',
    '',
    '| setting | environment | default | |',
    '|---|---|---|---|',
    ...rows,
  ]);
});

test('docs/errors.md lists every error code of the API', () => {
  const rows = errorAnswers().map(
    ({ code, status, retryAfterSeconds, meaning }) =>
      `| \`${code}\` | ${status} | ${retryAfterSeconds ?? ''} | ${meaning} |`,
  );
  agrees('errors.md', [
    '# Error codes of the API',
    '',
    'Every answer that is not 2xx has the body `{"code", "message"}`. Codes are stable and never used again for',
    'something else. The OTLP doors answer as OTLP says, with a `google.rpc.Status`.',
    '',
    '| code | status | Retry-After, s | |',
    '|---|---|---|---|',
    ...rows,
  ]);
});

/** Holds a page against what it must say; UPDATE_GOLDENS=1 writes it. */
function agrees(name: string, lines: readonly string[]): void {
  const path = join(DOCS, name);
  const text = `${lines.join('\n')}\n`;
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(path, text);
  assert.equal(readFileSync(path, 'utf8'), text, `${name}: run with UPDATE_GOLDENS=1`);
}

function shown({ defaultValue }: Setting): string {
  if (defaultValue === undefined) return 'not set';
  if (Array.isArray(defaultValue)) return defaultValue.length === 0 ? 'none' : defaultValue.join();
  if (typeof defaultValue !== 'number') return `\`${defaultValue}\``;
  return defaultValue >= MIB && defaultValue % MIB === 0
    ? `${defaultValue / MIB} MiB`
    : String(defaultValue);
}
