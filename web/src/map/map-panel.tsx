import type { TopologyEdge, TopologyNode, TopologyResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { IconClockBolt, IconFocusCentered, IconMailX, IconMessages } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { rateLabel, ratioLabel } from '../ui/number-text.ts';
import { PanelSection, SidePanel } from '../ui/side-panel.tsx';
import { EdgeFacts, EdgeRow } from './edge-facts.tsx';
import { type PathsOf, pathsOfEdge, pathsOfNode } from './latency-filter.ts';
import styles from './map.module.css';
import { messagesOfEdge, messagesOfNode } from './message-filter.ts';
import { NODE_LOOK } from './node-look.ts';

/** The figures of one node or edge, how they are known, and the way to its messages. */
export function MapPanel(props: {
  topology: TopologyResponse;
  id: string;
  isFocused: boolean;
  onSelect: (id: string) => void;
  onFocus: (id: string) => void;
  onClose: () => void;
  stages: (paths: PathsOf) => ReactNode;
}): ReactNode {
  const { topology, id } = props;
  const node = topology.nodes.find((candidate) => candidate.id === id);
  if (node) return <NodePanel {...props} node={node} />;
  const edge = topology.edges.find((candidate) => candidate.id === id);
  if (edge) return <EdgePanel {...props} edge={edge} />;
  return (
    <SidePanel subject={id} label="Details" title={id} onClose={props.onClose}>
      <p className="quiet">Not seen in this time range.</p>
    </SidePanel>
  );
}

function NodePanel(props: Parameters<typeof MapPanel>[0] & { node: TopologyNode }): ReactNode {
  const { node, topology } = props;
  const look = NODE_LOOK[node.kind];
  const incoming = topology.edges.filter((edge) => edge.to === node.id);
  const outgoing = topology.edges.filter((edge) => edge.from === node.id);
  return (
    <SidePanel
      subject={node.id}
      label={`${look.label} ${node.label}`}
      title={
        <>
          <div className={styles.panelKind}>{look.label}</div>
          {node.label}
        </>
      }
      onClose={props.onClose}
    >
      <div className={styles.panelActions}>
        <MessagesLink search={messagesOfNode(node, topology)} />
        <LatencyLink search={pathsOfNode(node, topology)} />
        {node.errorRatio > 0 && <DeadLettersLink search={messagesOfNode(node, topology)} />}
        {!props.isFocused && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFocusCentered size={14} />}
            onClick={() => props.onFocus(node.id)}
          >
            Only its neighbours
          </Button>
        )}
      </div>
      <PanelSection title="Figures">
        <KeyValueList rows={nodeRows(node)} />
      </PanelSection>
      <EdgeSection title="In" edges={incoming} topology={topology} onSelect={props.onSelect} />
      <EdgeSection title="Out" edges={outgoing} topology={topology} onSelect={props.onSelect} />
      <Evidence evidence={node.evidence} />
    </SidePanel>
  );
}

function nodeRows(node: TopologyNode): [string, ReactNode][] {
  const rows: [string, ReactNode][] = [
    ['Messages', rateLabel(node.ratePerSecond)],
    ['Errors', ratioLabel(node.errorRatio)],
  ];
  if (node.kind === 'consumer') {
    rows.push(['Waiting', node.pending === null ? 'unknown' : node.pending.toLocaleString('en')]);
  }
  if (node.detail !== '') rows.push([DETAIL[node.kind], <code key="detail">{node.detail}</code>]);
  if (node.site !== '') rows.push(['Site', node.site]);
  return rows;
}

const DETAIL: Readonly<Record<TopologyNode['kind'], string>> = {
  service: 'Queue group',
  subject: 'Detail',
  stream: 'Subjects',
  consumer: 'Takes',
  client: 'Detail',
};

function EdgePanel(props: Parameters<typeof MapPanel>[0] & { edge: TopologyEdge }): ReactNode {
  const { edge, topology } = props;
  const paths = pathsOfEdge(edge, topology);
  return (
    <SidePanel
      subject={edge.id}
      label="Edge"
      title={
        <>
          <div className={styles.panelKind}>Edge</div>
          <EdgeRow edge={edge} topology={topology} onSelect={props.onSelect} />
        </>
      }
      onClose={props.onClose}
    >
      <div className={styles.panelActions}>
        <MessagesLink search={messagesOfEdge(edge, topology)} />
        <LatencyLink search={paths} />
        {edge.errorRatio > 0 && <DeadLettersLink search={messagesOfEdge(edge, topology)} />}
      </div>
      <PanelSection title="Figures">
        <EdgeFacts edge={edge} />
      </PanelSection>
      {paths && <PanelSection title="Stages of its paths">{props.stages(paths)}</PanelSection>}
      <Evidence evidence={edge.evidence} />
    </SidePanel>
  );
}

function EdgeSection(props: {
  title: string;
  edges: readonly TopologyEdge[];
  topology: TopologyResponse;
  onSelect: (id: string) => void;
}): ReactNode {
  if (props.edges.length === 0) return null;
  const edges = [...props.edges].sort((a, b) => b.ratePerSecond - a.ratePerSecond);
  return (
    <PanelSection title={`${props.title} (${edges.length})`}>
      {edges.map((edge) => (
        <div key={edge.id} className={styles.panelEdge}>
          <EdgeRow edge={edge} topology={props.topology} onSelect={props.onSelect} />
          <EdgeFacts edge={edge} />
        </div>
      ))}
    </PanelSection>
  );
}

const MEANING: Readonly<Record<TopologyNode['evidence'][number], string>> = {
  'client spans': 'spans that instrumented services sent',
  'server events': "trace events of the NATS servers (the account's msg_trace)",
  configuration: 'the configuration that JetStream reported',
  advisories: 'advisories of JetStream',
};

function Evidence({ evidence }: { evidence: TopologyNode['evidence'] }): ReactNode {
  return (
    <PanelSection title="How we know">
      {evidence.length === 0 ? (
        <p className="quiet">There is no evidence in this range.</p>
      ) : (
        <ul className={styles.evidence}>
          {evidence.map((kind) => (
            <li key={kind}>{MEANING[kind]}</li>
          ))}
        </ul>
      )}
    </PanelSection>
  );
}

function MessagesLink({ search }: { search: ReturnType<typeof messagesOfNode> }): ReactNode {
  if (!search) return null;
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconMessages size={14} />}
      renderRoot={(props) => <Link to="/messages" search={search} {...props} />}
    >
      Its messages
    </Button>
  );
}

/** The stages of the paths that run through it: which of them is slow, and the messages behind. */
function LatencyLink({ search }: { search: PathsOf | null }): ReactNode {
  if (!search) return null;
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconClockBolt size={14} />}
      renderRoot={(props) => <Link to="/latency" search={{ ...search }} {...props} />}
    >
      Latency by stage
    </Button>
  );
}

function DeadLettersLink({ search }: { search: ReturnType<typeof messagesOfNode> }): ReactNode {
  if (!search) return null;
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconMailX size={14} />}
      renderRoot={(props) => (
        <Link to="/messages" search={{ ...search, outcome: 'dead-lettered' }} {...props} />
      )}
    >
      Dead letters
    </Button>
  );
}
