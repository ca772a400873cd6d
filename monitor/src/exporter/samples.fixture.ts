/** The samples and types of a scrape, keyed so that the order of labels does not count. */
export interface Scrape {
  samples: Map<string, number>;
  types: Map<string, string>;
}

export async function scrape(url: string, headers: Record<string, string> = {}): Promise<Scrape> {
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`cannot scrape ${url}: ${response.status} ${text}`);
  return parseExposition(text);
}

export function parseExposition(text: string): Scrape {
  const scraped: Scrape = { samples: new Map(), types: new Map() };
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type) scraped.types.set(type[1] as string, type[2] as string);
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!sample) continue;
    const [, name = '', labels = '', value = ''] = sample;
    const sorted = [...labels.matchAll(/\w+="(?:[^"\\]|\\.)*"/g)].map(String).sort().join(',');
    const key = `${name}{${sorted}}`;
    if (scraped.samples.has(key)) throw new Error(`${key} is there twice`);
    scraped.samples.set(key, Number(value));
  }
  return scraped;
}

/** Those of the servers, without what an exporter says of itself. */
export function ofServers({ samples, types }: Scrape): Scrape {
  const isOwn = (key: string): boolean => /^(go|process|promhttp|hopline)_/.test(key);
  return {
    samples: new Map([...samples].filter(([key]) => !isOwn(key))),
    types: new Map([...types].filter(([key]) => !isOwn(key))),
  };
}
