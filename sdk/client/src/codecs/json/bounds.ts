import type { Incompatibility } from '../codec.ts';
import type { SchemaObject } from './document.ts';

/** The reader's bound, those of the writer that keep it, and whether more is tighter. */
const BOUNDS: readonly (readonly [string, readonly string[], 'low' | 'high'])[] = [
  ['minimum', ['minimum', 'exclusiveMinimum'], 'low'],
  ['maximum', ['maximum', 'exclusiveMaximum'], 'high'],
  ['exclusiveMinimum', ['exclusiveMinimum'], 'low'],
  ['exclusiveMaximum', ['exclusiveMaximum'], 'high'],
  ['minLength', ['minLength'], 'low'],
  ['maxLength', ['maxLength'], 'high'],
  ['minItems', ['minItems'], 'low'],
  ['maxItems', ['maxItems'], 'high'],
  ['minProperties', ['minProperties'], 'low'],
  ['maxProperties', ['maxProperties'], 'high'],
];

/** Bounds of the reader that the writer's own do not keep. */
export function boundProblems(r: SchemaObject, w: SchemaObject, path: string): Incompatibility[] {
  return BOUNDS.flatMap(([word, keepers, side]) => {
    const limit = r[word];
    if (typeof limit !== 'number') return [];
    const kept = keepers.some((keeper) => {
      const own = w[keeper];
      return typeof own === 'number' && (side === 'low' ? own >= limit : own <= limit);
    });
    const given = keepers.find((keeper) => w[keeper] !== undefined);
    const has = given ? `${given} ${String(w[given])}` : 'none';
    return kept
      ? []
      : [
          {
            rule: 'bound',
            path,
            message: `${word} of the reader is ${limit}, the writer has ${has}`,
          },
        ];
  });
}
