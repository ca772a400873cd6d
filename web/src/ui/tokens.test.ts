import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const SOURCE = join(import.meta.dirname, '..');
const TOKENS = readFileSync(join(SOURCE, 'ui/tokens.css'), 'utf8');
const [LIGHT = '', DARK = ''] = TOKENS.split("\n[data-mantine-color-scheme='dark']");

const tokensOf = (css: string): Map<string, string> =>
  new Map(
    [...css.matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].map(([, name, value]) => [name!, value!]),
  );

const light = tokensOf(LIGHT.slice(LIGHT.indexOf('{')));
const dark = tokensOf(DARK);

test('every token has a light and a dark value', () => {
  assert.ok(light.size > 40);
  assert.deepEqual([...light.keys()].sort(), [...dark.keys()].sort());
});

test('no other file names a colour', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      /\.(css|tsx?)$/.test(path) && !path.endsWith('tokens.css') && !path.endsWith('.test.ts'),
  );
  assert.ok(files.length > 80);
  for (const path of files) {
    const text = readFileSync(join(SOURCE, path), 'utf8');
    const found = text.match(/#[0-9a-f]{3,8}\b(?=['";\s)])|\b(?:rgba?|hsla?|oklch)\(/gi);
    assert.equal(found, null, `${path} names the colour ${found?.[0]}`);
  }
});

test('every token that is used exists', () => {
  const own = new Set([...light.keys()]);
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(css|tsx?)$/.test(path),
  );
  const texts = files.map((path) => readFileSync(join(SOURCE, path), 'utf8')).join('\n');
  const declared = new Set([...texts.matchAll(/^\s*(--[\w-]+):/gm)].map(([, name]) => name));
  for (const [, name = ''] of texts.matchAll(/var\((--[a-z][\w-]*)\)/g)) {
    if (name.startsWith('--mantine') || name.endsWith('-')) continue;
    assert.ok(own.has(name) || declared.has(name), `${name} is not declared`);
  }
});

/** Text on its ground: at least 4.5 to 1 (WCAG 2.2 AA); graphics 3 to 1. */
const TEXTS: [string, string[]][] = [
  ['--text', ['--bg', '--surface', '--surface-2', '--surface-hover', '--accent-soft']],
  ['--text-2', ['--bg', '--surface', '--surface-2', '--surface-hover', '--accent-soft']],
  ['--text-3', ['--bg', '--surface', '--surface-2', '--surface-hover', '--accent-soft']],
  ['--accent-text', ['--bg', '--surface', '--surface-hover', '--accent-soft']],
  ['--on-accent', ['--accent']],
  ['--ok', ['--surface', '--ok-soft', '--surface-hover', '--bg']],
  ['--warn', ['--surface', '--warn-soft', '--surface-hover', '--bg']],
  ['--danger', ['--surface', '--danger-soft', '--surface-hover', '--bg']],
  ['--info', ['--surface', '--info-soft', '--surface-hover', '--bg']],
  ['--neutral', ['--surface', '--neutral-soft', '--surface-hover', '--bg']],
];

for (const [scheme, tokens] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`text can be read in ${scheme}`, () => {
    for (const [text, grounds] of TEXTS) {
      for (const ground of grounds) {
        const ratio = contrast(tokens.get(text)!, tokens.get(ground)!);
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });

  test(`bars can be told from the ground in ${scheme}`, () => {
    for (const [name, value] of tokens) {
      if (!/^--(service|stage)-/.test(name)) continue;
      const ratio = contrast(value, tokens.get('--surface')!);
      assert.ok(ratio >= 3, `${name}: ${ratio.toFixed(2)}`);
    }
  });
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
