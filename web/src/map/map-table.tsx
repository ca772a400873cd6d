import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import type { Emphasis } from './flow-elements.ts';
import { type Grouping, groupsOf } from './groups.ts';
import styles from './map-table.module.css';
import { EDGE_LABEL, NODE_LOOK } from './node-look.ts';

/** The whole map as two tables: everything the graph says, in words. */
export function MapTable(props: {
  topology: Pick<TopologyResponse, 'nodes' | 'edges'>;
  emphasis: Emphasis;
  grouping: Grouping | undefined;
  /** Shown because the graph would be too large, not because it was asked for. */
  isInstead: boolean;
}): ReactNode {
  const { topology, emphasis, grouping } = props;
  const groups = useMemo(() => grouping && groupsOf(topology, grouping), [topology, grouping]);
  const groupOf = (id: string): string => groups?.get(id) ?? '';
  const nodes = useMemo(
    () => new Map(topology.nodes.map((node) => [node.id, node])),
    [topology.nodes],
  );
  const isFound = (id: string): boolean => emphasis.found?.has(id) ?? true;
  const shownEdges = topology.edges
    .filter((edge) => isFound(edge.from) || isFound(edge.to))
    .sort((a, b) => byName(a.from, b.from) || byName(a.to, b.to));
  const shownNodes = topology.nodes
    .filter((node) => isFound(node.id))
    .sort((a, b) => byName(groupOf(a.id), groupOf(b.id)) || byName(a.id, b.id));
  return (
    <div className={styles.tables}>
      {props.isInstead && (
        <p className={styles.instead} role="status">
          {topology.nodes.length} nodes are too many to draw. Find one in the table and choose “Only
          its neighbours” to see it as a graph.
        </p>
      )}
      <h2>
        Edges <span className="quiet">{shownEdges.length}</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th>From</th>
            <th>
              <span className="visually-hidden">Does what</span>
            </th>
            <th>To</th>
            <th data-number>Rate</th>
            <th data-number>Errors</th>
            <th>Measure</th>
            <th data-number>P50</th>
            <th data-number>P99</th>
            <th>How we know</th>
          </tr>
        </thead>
        <tbody>
          {shownEdges.map((edge) => (
            <EdgeLine key={edge.id} edge={edge} nodes={nodes} emphasis={emphasis} />
          ))}
        </tbody>
      </table>
      <h2>
        Nodes <span className="quiet">{shownNodes.length}</span>
      </h2>
      <table>
        <thead>
          <tr>
            {grouping && <th>{grouping === 'site' ? 'Site' : 'Namespace'}</th>}
            <th>Kind</th>
            <th>Name</th>
            <th>Detail</th>
            <th data-number>Rate</th>
            <th data-number>Errors</th>
            <th data-number>Waiting</th>
            <th>How we know</th>
          </tr>
        </thead>
        <tbody>
          {shownNodes.map((node) => (
            <NodeLine
              key={node.id}
              node={node}
              emphasis={emphasis}
              group={groups ? groupOf(node.id) || '–' : null}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** By name and not by rate: rates change every second, and rows must not change places with them. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function EdgeLine(props: {
  edge: TopologyEdge;
  nodes: ReadonlyMap<string, TopologyNode>;
  emphasis: Emphasis;
}): ReactNode {
  const { edge, nodes, emphasis } = props;
  return (
    <tr data-selected={emphasis.selected === edge.id || undefined}>
      <td>
        <Name node={nodes.get(edge.from)} emphasis={emphasis} />
      </td>
      <td>
        <button type="button" onClick={() => emphasis.onSelect(edge.id)}>
          {EDGE_LABEL[edge.kind]}
        </button>
      </td>
      <td>
        <Name node={nodes.get(edge.to)} emphasis={emphasis} />
      </td>
      <td data-number>{rateLabel(edge.ratePerSecond)}</td>
      <td data-number>
        <Errors ratio={edge.errorRatio} />
      </td>
      <td className="quiet">{edge.measure}</td>
      <td data-number>
        <DurationText ns={edge.p50} />
      </td>
      <td data-number>
        <DurationText ns={edge.p99} />
      </td>
      <td className="quiet">{edge.evidence.join(', ')}</td>
    </tr>
  );
}

function NodeLine(props: {
  node: TopologyNode;
  emphasis: Emphasis;
  /** Null while nothing is grouped. */
  group: string | null;
}): ReactNode {
  const { node, emphasis, group } = props;
  return (
    <tr data-selected={emphasis.selected === node.id || undefined}>
      {group !== null && <td className="mono">{group}</td>}
      <td>{NODE_LOOK[node.kind].label}</td>
      <td>
        <Name node={node} emphasis={emphasis} />
      </td>
      <td className="quiet">{[node.detail, node.site].filter(Boolean).join(' · ')}</td>
      <td data-number>{rateLabel(node.ratePerSecond)}</td>
      <td data-number>
        <Errors ratio={node.errorRatio} />
      </td>
      <td data-number>{node.pending === null ? '–' : node.pending.toLocaleString('en')}</td>
      <td className="quiet">{node.evidence.join(', ')}</td>
    </tr>
  );
}

function Name(props: { node: TopologyNode | undefined; emphasis: Emphasis }): ReactNode {
  const { node, emphasis } = props;
  if (!node) return '–';
  const Shape = NODE_LOOK[node.kind].icon;
  return (
    <button
      type="button"
      className={styles.name}
      title={node.label}
      data-node-id={node.id}
      onClick={() => emphasis.onSelect(node.id)}
    >
      <Shape size={14} stroke={1.8} aria-label={NODE_LOOK[node.kind].label} />
      <span>{node.label}</span>
    </button>
  );
}

function Errors({ ratio }: { ratio: number }): ReactNode {
  if (ratio === 0) return '0%';
  return (
    <span className={styles.errors}>
      <IconAlertTriangle size={12} aria-hidden /> {ratioLabel(ratio)}
    </span>
  );
}
