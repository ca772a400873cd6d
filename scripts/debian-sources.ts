/** The suite that has nats-server 2.15 and a current Prometheus, built to run on older releases too. */
const SUITE = 'sid';
const COMPONENT = 'main';

/** One apt source, as the text of a `.sources` or `.list` file. */
export interface AptSource {
  format: 'sources' | 'list';
  text: string;
}

/**
 * The machine's own mirrors, each pointed at another suite; how to reach and to trust them (Signed-By,
 * options, architectures) stays as configured. Debian's first: on a derivative the rest hardly has it.
 */
export function debianSources(configured: readonly AptSource[]): AptSource[] {
  const found = configured.flatMap(({ format, text }) =>
    (format === 'sources' ? deb822(text) : oneLine(text)).map((entry) => ({ format, text: entry })),
  );
  const unique = [...new Map(found.map((source) => [source.text, source])).values()];
  return unique.sort((a, b) => Number(namesDebian(b)) - Number(namesDebian(a)));
}

function namesDebian({ text }: AptSource): boolean {
  return /debian/i.test(text);
}

/** Stanzas divided by empty lines; a value goes on in lines that begin with a space. */
function deb822(text: string): string[] {
  return text
    .split(/\n(?:[ \t]*\n)+/)
    .map((stanza) => stanza.replace(/^#.*\n?/gm, '').trimEnd())
    .filter((stanza) => {
      const value = (key: string): string =>
        new RegExp(`^${key}:(.*(?:\n[ \t].*)*)`, 'im').exec(stanza)?.[1] ?? '';
      return (
        /\bdeb\b/.test(value('Types')) &&
        !/\b(no|false|0)\b/.test(value('Enabled')) &&
        value('Components').split(/\s+/).includes(COMPONENT) &&
        !value('Suites').includes('security')
      );
    })
    .map((stanza) =>
      stanza
        .replace(/^Types:.*(\n[ \t].*)*/im, 'Types: deb')
        .replace(/^Suites:.*(\n[ \t].*)*/im, `Suites: ${SUITE}`)
        .replace(/^Components:.*(\n[ \t].*)*/im, `Components: ${COMPONENT}`),
    )
    .map((stanza) => `${stanza}\n`);
}

function oneLine(text: string): string[] {
  const entries = text.matchAll(/^[ \t]*deb[ \t]+(\[[^\]]*\][ \t]+)?(\S+)[ \t]+(\S+)[ \t]+(.*)$/gm);
  return [...entries].flatMap(([, options = '', uri, suite, components = '']) => {
    const has = components.split(/\s+/).includes(COMPONENT);
    if (!has || suite?.includes('security')) return [];
    return [`deb ${options}${uri} ${SUITE} ${COMPONENT}\n`];
  });
}
