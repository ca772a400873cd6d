import type { TopologyNode } from '@hopline/model/api';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo, type ReactNode } from 'react';
import { durationLabel } from '../ui/duration-text.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { countLabel, rateLabel, ratioLabel } from '../ui/number-text.ts';
import { useServiceColour } from '../ui/service-name.tsx';
import type { BoxNode, Emphasis } from './flow-elements.ts';
import styles from './map.module.css';
import { NODE_LOOK } from './node-look.ts';
import type { BoxRow } from './scene.ts';

/** One box of the map: a node, or a stream with its subjects and consumers as rows. */
export const BoxView = memo(function BoxView({ data }: NodeProps<BoxNode>): ReactNode {
  const { box, emphasis } = data;
  const { node } = box;
  return (
    <div
      className={styles.box}
      data-kind={node.kind}
      data-dimmed={isDimmed(emphasis, [node, ...box.rows.map((row) => row.node)]) || undefined}
      data-selected={emphasis.selected === node.id || undefined}
      data-error={node.errorRatio > 0 || undefined}
      data-silent={emphasis.silent?.has(node.id) || undefined}
    >
      <Handle type="target" position={Position.Left} className={styles.handle ?? ''} />
      <Header node={node} site={box.site} emphasis={emphasis} />
      {box.rows.length > 0 && (
        <div className={styles.rows}>
          {box.rows.map((row) => (
            <Row key={row.node.id} row={row} emphasis={emphasis} />
          ))}
          {box.hiddenRows > 0 && <span className={styles.more}>{box.hiddenRows} more</span>}
        </div>
      )}
      <Handle type="source" position={Position.Right} className={styles.handle ?? ''} />
    </div>
  );
});

function Header(props: { node: TopologyNode; site: string; emphasis: Emphasis }): ReactNode {
  const { node, site, emphasis } = props;
  const look = NODE_LOOK[node.kind];
  const Shape = look.icon;
  const colourOf = useServiceColour();
  return (
    <button
      type="button"
      className={styles.header}
      data-node-id={node.id}
      aria-label={`${look.label} ${node.label}, ${figures(node)}`}
      aria-pressed={emphasis.selected === node.id}
      onClick={() => emphasis.onSelect(node.id)}
    >
      <span
        className={styles.icon}
        style={node.kind === 'service' ? { color: colourOf(node.label) } : {}}
      >
        <Shape size={16} stroke={1.7} aria-hidden />
      </span>
      <span className={styles.texts}>
        <span className={styles.label} title={node.label}>
          <MiddleText text={node.label} />
        </span>
        <span className={styles.figures}>
          <span>{node.kind === 'client' ? 'not instrumented' : rateLabel(node.ratePerSecond)}</span>
          <Errors ratio={node.errorRatio} />
          {node.pending !== null && <Pending count={node.pending} />}
          {site !== '' && <span className={styles.site}>{site}</span>}
        </span>
      </span>
    </button>
  );
}

function Row({ row, emphasis }: { row: BoxRow; emphasis: Emphasis }): ReactNode {
  const { node, tie } = row;
  const look = NODE_LOOK[node.kind];
  const Shape = look.icon;
  return (
    <button
      type="button"
      className={styles.row}
      data-kind={node.kind}
      data-node-id={node.id}
      data-selected={emphasis.selected === node.id || undefined}
      data-found={emphasis.found?.has(node.id) || undefined}
      aria-label={`${look.label} ${node.label}, ${figures(node)}`}
      aria-pressed={emphasis.selected === node.id}
      onClick={() => emphasis.onSelect(node.id)}
      title={`${node.label}: ${tie.measure || tie.kind} P50 ${durationLabel(tie.p50)}, P99 ${durationLabel(tie.p99)}`}
    >
      <Shape size={14} stroke={1.8} aria-hidden />
      <span className={styles.rowTexts}>
        <span className={styles.rowLabel}>
          <MiddleText text={node.label} />
        </span>
        <span className={styles.figures}>
          {node.kind === 'consumer' && node.pending !== null ? (
            <Pending count={node.pending} />
          ) : (
            <span>{rateLabel(node.ratePerSecond)}</span>
          )}
          <Errors ratio={node.errorRatio} />
        </span>
      </span>
    </button>
  );
}

function Errors({ ratio }: { ratio: number }): ReactNode {
  if (ratio === 0) return null;
  return (
    <span className={styles.errors}>
      <IconAlertTriangle size={12} stroke={2} aria-label="errors" />
      {ratioLabel(ratio)}
    </span>
  );
}

function Pending({ count }: { count: number }): ReactNode {
  return (
    <span className={styles.pending} data-some={count > 0 || undefined}>
      {countLabel(count)} waiting
    </span>
  );
}

function figures(node: TopologyNode): string {
  const parts = [rateLabel(node.ratePerSecond)];
  if (node.errorRatio > 0) parts.push(`${ratioLabel(node.errorRatio)} errors`);
  if (node.pending !== null) parts.push(`${node.pending} messages waiting`);
  return parts.join(', ');
}

/** A search dims every box that holds nothing of what was found. */
const isDimmed = (emphasis: Emphasis, nodes: readonly TopologyNode[]): boolean =>
  emphasis.found !== null && !nodes.some((node) => emphasis.found?.has(node.id));
