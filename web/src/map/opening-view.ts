import type { Rect } from './layout.ts';

interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

/** A place below this width shows no map of more than a few services as a whole that can be read. */
const NARROW_PX = 820;
/** Names are 9 px high with it. */
const LEGIBLE_ZOOM = 0.62;
const MARGIN_PX = 14;

/**
 * Where the map opens in a place of that many CSS pixels: with `whole` of it in sight; in a narrow place with its
 * left part, where messages begin, large enough to be read.
 */
export function openingView(
  whole: Viewport,
  bounds: Rect,
  place: { width: number; height: number },
): Viewport {
  if (place.width >= NARROW_PX || whole.zoom >= LEGIBLE_ZOOM) return whole;
  const zoom = LEGIBLE_ZOOM;
  const spare = (place.height - bounds.height * zoom) / 2;
  return {
    zoom,
    x: MARGIN_PX - bounds.x * zoom,
    y: Math.max(MARGIN_PX, spare) - bounds.y * zoom,
  };
}
