import { durationNs, formatDuration } from '@hopline/model';
import type { TopologyEdge, TopologyResponse } from '@hopline/model/api';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import type { Grouping } from './groups.ts';
import { HEADER_PX, placeScene, ROW_PX, routeOf } from './layout.ts';
import { buildScene } from './scene.ts';

/** Colours of the picture as CSS values; the page gives those of its scheme. */
export interface PictureColours {
  ground: string;
  box: string;
  border: string;
  text: string;
  quiet: string;
  line: string;
  error: string;
}

const MARGIN_PX = 16;
const LABEL_LINE_PX = 14;

/** The whole map as an SVG document that stands alone: no style sheet, no font, no script. */
export function pictureOf(
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>,
  colours: PictureColours,
  grouping?: Grouping,
): { svg: string; width: number; height: number } {
  const scene = buildScene(topology, grouping);
  const placement = placeScene(scene, null);
  const boxes = new Map(scene.boxes.map((box) => [box.id, box]));
  const { bounds } = placement;
  const [width, height] = [bounds.width + 2 * MARGIN_PX, bounds.height + 2 * MARGIN_PX];
  const frames = [...placement.groups].flatMap(([name, { x, y, width, height }]) => [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="none" stroke="${colours.border}" stroke-dasharray="4 3"/>`,
    text({ x: x + 12, y: y + 18, fill: colours.quiet, sizePx: 12, isBold: true }, name),
  ]);
  const routes = scene.lines.flatMap((line) => {
    const route = routeOf(line, boxes, placement);
    return route ? [{ edge: line.edge, ...route }] : [];
  });
  const lines = routes.map(({ edge, path }) => {
    const isError = edge.errorRatio > 0;
    return `<path d="${path}" fill="none" stroke="${isError ? colours.error : colours.line}" stroke-width="1.8"${isError ? ' stroke-dasharray="6 3"' : ''} marker-end="url(#tip)"/>`;
  });
  // On top of all lines and boxes, with a border of the ground's colour: no line runs through a figure.
  const labels = routes.flatMap(({ edge, label: { x, y } }) => {
    const figures = figuresOf(edge);
    const top = y - ((figures.length - 1) * LABEL_LINE_PX) / 2 + 4;
    return figures.map(({ words, isBad, isBold }, index) =>
      text(
        {
          x,
          y: top + index * LABEL_LINE_PX,
          fill: isBad ? colours.error : colours.text,
          sizePx: 11.5,
          anchor: 'middle',
          isBold,
          halo: colours.ground,
        },
        words,
      ),
    );
  });
  const shapes = scene.boxes.flatMap((box) => {
    const place = placement.boxes.get(box.id);
    if (!place) return [];
    const { x, y } = place;
    return [
      `<rect x="${x}" y="${y}" width="${place.width}" height="${place.height}" rx="6" fill="${colours.box}" stroke="${box.node.errorRatio > 0 ? colours.error : colours.border}"/>`,
      text({ x: x + 12, y: y + 20, fill: colours.text, sizePx: 13, isBold: true }, box.node.label),
      text(
        { x: x + 12, y: y + 36, fill: colours.quiet, sizePx: 11 },
        `${box.node.kind} ${rateLabel(box.node.ratePerSecond)}`,
      ),
      ...box.rows.map(({ node }, row) =>
        text(
          {
            x: x + 22,
            y: y + HEADER_PX + row * ROW_PX + ROW_PX / 2 + 4,
            fill: colours.text,
            sizePx: 12,
          },
          `${node.kind === 'consumer' ? '▸' : '#'} ${node.label}`,
        ),
      ),
    ];
  });
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${bounds.x - MARGIN_PX} ${bounds.y - MARGIN_PX} ${width} ${height}" font-family="sans-serif">`,
    `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0L8,4L0,8Z" fill="${colours.line}"/></marker></defs>`,
    `<rect x="${bounds.x - MARGIN_PX}" y="${bounds.y - MARGIN_PX}" width="${width}" height="${height}" fill="${colours.ground}"/>`,
    ...frames,
    ...lines,
    ...shapes,
    ...labels,
    '</svg>',
  ].join('\n');
  return { svg, width, height };
}

/** As the map on the screen tells: how many, how many of them failed, how long. */
const figuresOf = ({
  ratePerSecond,
  errorRatio,
  p99,
}: TopologyEdge): { words: string; isBold: boolean; isBad: boolean }[] => [
  { words: rateLabel(ratePerSecond), isBold: true, isBad: false },
  ...(errorRatio > 0
    ? [{ words: `${ratioLabel(errorRatio)} errors`, isBold: true, isBad: true }]
    : []),
  ...(p99 === null
    ? []
    : [{ words: `P99 ${formatDuration(durationNs(p99))}`, isBold: false, isBad: false }]),
];

function text(
  at: {
    x: number;
    y: number;
    fill: string;
    sizePx: number;
    anchor?: string;
    isBold?: boolean;
    /** Colour of a border around the letters. */
    halo?: string;
  },
  content: string,
): string {
  const more = `${at.anchor ? ` text-anchor="${at.anchor}"` : ''}${at.isBold ? ' font-weight="600"' : ''}${at.halo ? ` stroke="${at.halo}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"` : ''}`;
  return `<text x="${at.x}" y="${at.y}" fill="${at.fill}" font-size="${at.sizePx}"${more}>${escaped(content)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (content: string): string =>
  content.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
