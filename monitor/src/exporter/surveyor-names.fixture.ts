import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Scrape } from './samples.fixture.ts';

const PAGE = fileURLToPath(new URL('../../../docs/surveyor-names.md', import.meta.url));

/** Type and labels by name, in alphabetical order: `gauge account,tier`. */
export type Shape = Record<string, string>;

/** What a scrape has. A summary or histogram is one name. */
export function shapeOf({ samples, types }: Scrape): Shape {
  const shape = new Map<string, string>();
  for (const key of samples.keys()) {
    const sample = key.slice(0, key.indexOf('{'));
    const name = types.has(sample) ? sample : sample.replace(/_(bucket|sum|count)$/, '');
    const labels = [...key.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label]) => label);
    const own = labels.filter((label) => label !== 'le').toSorted();
    shape.set(name, `${types.get(name)} ${own.join(',')}`);
  }
  return sorted(shape);
}

/** What a section of docs/surveyor-names.md says is there. */
export async function documentedShape(section: string): Promise<Shape> {
  const page = await readFile(PAGE, 'utf8');
  const groups = new Map(
    [...page.matchAll(/\b([A-Z]) = ((?:`\w+`(?:, )?)+)/g)].map(([, letter, labels]) => [
      letter as string,
      ticked(labels as string),
    ]),
  );
  const shape = new Map<string, string>();
  const text = page.split(/^## /m).find((one) => one.startsWith(`${section}\n`)) ?? '';
  for (const line of text.split('\n').filter((one) => one.startsWith('| `'))) {
    const [names = '', type = '', labels = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    const own = labels
      .split(', ')
      .filter((label) => label !== '')
      .flatMap((label) => groups.get(label) ?? ticked(label))
      .toSorted();
    for (const name of ticked(names).flatMap(expanded)) {
      shape.set(name, `${type} ${own.join(',')}`);
    }
  }
  return sorted(shape);
}

const ticked = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, one]) => one!);

/** `a_{b,c}` is two names. */
function expanded(name: string): string[] {
  const [, before = '', choices, after = ''] = /^(.*?)\{([^}]*)\}(.*)$/.exec(name) ?? [];
  if (choices === undefined) return [name];
  return choices.split(',').flatMap((choice) => expanded(before + choice + after));
}

const sorted = (map: ReadonlyMap<string, string>): Shape =>
  Object.fromEntries([...map].toSorted(([one], [other]) => (one < other ? -1 : 1)));
