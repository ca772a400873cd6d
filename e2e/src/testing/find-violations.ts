import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string; target: string[] }[];
}

declare const axe: {
  run: (options: object) => Promise<{ violations: Violation[] }>;
};

/** WCAG 2.2 A and AA, and what axe holds for good practice of roles and names. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const MAX_NODES = 4;

/** What moves for ever (a pulse) is left out. */
const TRANSITIONS_OVER = `Promise.all(document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished.catch(() => undefined)))`;

let source: Promise<string> | undefined;

/** What axe finds wrong in the page as it is now: one line a rule, with the first places. `without`: rules. */
export async function findViolations(page: Page, without: string[] = []): Promise<string[]> {
  source ??= readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  await page.evaluate(await source);
  // Half way from one colour to another the contrast is that of neither.
  await page.evaluate(TRANSITIONS_OVER);
  const violations = await page.evaluate(
    async ({ runOnly, rules }) =>
      (await axe.run({ runOnly, rules, resultTypes: ['violations'] })).violations,
    {
      runOnly: TAGS,
      rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    },
  );
  return violations.map(({ id, impact, nodes }) => {
    const places = nodes.slice(0, MAX_NODES).map(({ html }) => html.slice(0, 140));
    return `${id} (${impact}, ${nodes.length} places): ${places.join(' | ')}`;
  });
}
