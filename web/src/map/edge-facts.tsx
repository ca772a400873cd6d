import type { TopologyEdge, TopologyResponse } from '@hopline/model/api';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import styles from './map.module.css';
import { EDGE_LABEL, NODE_LOOK } from './node-look.ts';

/** `payment publishes to payments.captured`, both ends as ways to them. */
export function EdgeRow(props: {
  edge: TopologyEdge;
  topology: TopologyResponse;
  onSelect: (id: string) => void;
}): ReactNode {
  const { edge, topology, onSelect } = props;
  return (
    <div className={styles.edgeRow}>
      <End id={edge.from} topology={topology} onSelect={onSelect} />
      <span className="quiet">{EDGE_LABEL[edge.kind]}</span>
      <End id={edge.to} topology={topology} onSelect={onSelect} />
    </div>
  );
}

function End(props: {
  id: string;
  topology: TopologyResponse;
  onSelect: (id: string) => void;
}): ReactNode {
  const node = props.topology.nodes.find((candidate) => candidate.id === props.id);
  if (!node) return <span>{props.id}</span>;
  const Shape = NODE_LOOK[node.kind].icon;
  return (
    <button type="button" className={styles.end} onClick={() => props.onSelect(node.id)}>
      <Shape size={13} stroke={1.8} aria-label={NODE_LOOK[node.kind].label} />
      <span>{node.label}</span>
    </button>
  );
}

/** The figures of an edge in one line, with the name of what the times measure. */
export function EdgeFacts({ edge }: { edge: TopologyEdge }): ReactNode {
  return (
    <dl className={styles.edgeFacts}>
      <div>
        <dt>Rate</dt>
        <dd>{rateLabel(edge.ratePerSecond)}</dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd data-error={edge.errorRatio > 0 || undefined}>
          {edge.errorRatio > 0 && <IconAlertTriangle size={12} aria-hidden />}
          {ratioLabel(edge.errorRatio)}
        </dd>
      </div>
      <div>
        <dt>{edge.measure ? `P50 ${edge.measure}` : 'P50'}</dt>
        <dd>
          <DurationText ns={edge.p50} />
        </dd>
      </div>
      <div>
        <dt>P99</dt>
        <dd>
          <DurationText ns={edge.p99} />
        </dd>
      </div>
    </dl>
  );
}
