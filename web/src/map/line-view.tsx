import { IconAlertTriangle, IconArrowsLeftRight } from '@tabler/icons-react';
import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { durationLabel } from '../ui/duration-text.tsx';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import type { LineEdge } from './flow-elements.ts';
import { lineWidthPx } from './layout.ts';
import styles from './map.module.css';
import { EDGE_LABEL } from './node-look.ts';

const ARROW_PX = 7;

/** One edge: a curve as thick as its rate, dashed where there are errors, with its figures on it. */
export const LineView = memo(function LineView({ data }: EdgeProps<LineEdge>): ReactNode {
  if (!data) return null;
  const { line, route, emphasis, isDimmed } = data;
  const { edge } = line;
  const isError = edge.errorRatio > 0;
  const isSelected = emphasis.selected === edge.id;
  const isSilent = emphasis.silent?.has(edge.id) === true;
  const widthPx = lineWidthPx(edge.ratePerSecond);
  return (
    <>
      <g
        className={styles.line}
        data-kind={edge.kind}
        data-error={isError || undefined}
        data-selected={isSelected || undefined}
        data-dimmed={isDimmed || isSilent || undefined}
      >
        <path d={route.path} fill="none" strokeWidth={widthPx} />
        <path d={arrow(route.tip, route.isForward ? 1 : -1, widthPx)} className={styles.arrow} />
      </g>
      <EdgeLabelRenderer>
        <button
          type="button"
          className={styles.edgeLabel}
          data-edge-id={edge.id}
          data-error={isError || undefined}
          data-selected={isSelected || undefined}
          data-dimmed={isDimmed || isSilent || undefined}
          style={{
            transform: `translate(-50%, -50%) translate(${route.label.x}px, ${route.label.y}px)`,
          }}
          aria-label={`${edge.from} ${EDGE_LABEL[edge.kind]} ${edge.to}`}
          aria-pressed={isSelected}
          title={`${edge.measure || EDGE_LABEL[edge.kind]}: P50 ${durationLabel(edge.p50)}, P99 ${durationLabel(edge.p99)}`}
          onClick={() => emphasis.onSelect(edge.id)}
        >
          <span className={styles.rate}>
            {edge.kind === 'request' && (
              <IconArrowsLeftRight size={11} stroke={2} aria-label="request and reply" />
            )}
            {rateLabel(edge.ratePerSecond)}
          </span>
          {isError && (
            <span className={styles.errors}>
              <IconAlertTriangle size={11} stroke={2} aria-label="errors" />
              {ratioLabel(edge.errorRatio)}
            </span>
          )}
          {edge.p50 !== null && (
            <span className={styles.percentile} data-near-only>
              P50 {durationLabel(edge.p50)}
            </span>
          )}
          {edge.p99 !== null && (
            <span className={styles.percentile}>
              <span data-near-only>P99</span> {durationLabel(edge.p99)}
            </span>
          )}
        </button>
      </EdgeLabelRenderer>
    </>
  );
});

function arrow(tip: { x: number; y: number }, direction: 1 | -1, widthPx: number): string {
  const length = ARROW_PX + widthPx;
  const half = (ARROW_PX + widthPx) / 2.4;
  const back = tip.x - direction * length;
  return `M${tip.x},${tip.y}L${back},${tip.y - half}L${back},${tip.y + half}Z`;
}
