/** Number of `--service-N` tokens. */
const COLOURS = 12;

/**
 * A colour for each service: by its name, so that it stays the same from page to page; two names that
 * meet on one colour are told apart while free colours are left, in alphabetical order.
 */
export function assignServiceColours(names: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<number>();
  for (const name of [...new Set(names)].sort()) {
    let slot = slotOf(name);
    for (let step = 0; step < COLOURS && taken.has(slot) && taken.size < COLOURS; step += 1) {
      slot = (slot + 1) % COLOURS;
    }
    taken.add(slot);
    colours.set(name, token(slot));
  }
  return colours;
}

/** The colour of a service that is not among the known names. */
export const serviceColour = (name: string): string => token(slotOf(name));

const token = (slot: number): string => `var(--service-${slot + 1})`;

/** FNV-1a, folded to the number of colours. */
function slotOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return ((hash >>> 16) ^ (hash & 0xffff)) % COLOURS;
}
