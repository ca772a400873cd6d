import type { ReactNode } from 'react';
import { linePath, type Point } from './line-geometry.ts';
import styles from './sparkline.module.css';

const WIDTH = 96;
const HEIGHT = 20;

/** A line without axes, for a row of a table; its range of values stands in its name. */
export function Sparkline({
  label,
  points,
}: {
  label: string;
  points: readonly Point[];
}): ReactNode {
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]));
  const maxY = Math.max(1, ...values);
  const path = linePath(points, {
    fromX: points[0]?.x ?? 0,
    toX: points.at(-1)?.x ?? 1,
    maxY,
    width: WIDTH - 4,
    height: HEIGHT - 4,
  });
  const name = `${label}: ${Math.min(...values).toLocaleString('en')} to ${maxY.toLocaleString('en')}`;
  return (
    <svg className={styles.spark} width={WIDTH} height={HEIGHT} role="img" aria-label={name}>
      <title>{name}</title>
      <path d={path} transform="translate(2 2)" />
    </svg>
  );
}
