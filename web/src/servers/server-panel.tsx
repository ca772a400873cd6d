import type { ServerView } from '@hopline/model/api';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { bytesLabel, countLabel, rateLabel } from '../ui/number-text.ts';
import { PanelSection, SidePanel } from '../ui/side-panel.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { TonedWord } from '../ui/toned-word.tsx';
import { lookOf } from './server-look.ts';
import styles from './servers.module.css';
import type { ChangeSearch } from './url.ts';

type Rows = [name: string, value: ReactNode][];

/** All that is known of one server. What it did not say in the last sweep is not shown. */
export function ServerPanel(props: { server: ServerView; onChange: ChangeSearch }): ReactNode {
  const { server, onChange } = props;
  const { label, tone, why } = lookOf(server);
  return (
    <SidePanel
      subject={server.name}
      label={`Server ${server.name}`}
      title={server.name}
      onClose={() => onChange({ server: undefined })}
    >
      <PanelSection title="State">
        <p className={styles.state}>
          <TonedWord tone={tone}>{label}</TonedWord> <span className="quiet">{why}</span>
        </p>
        <KeyValueList
          rows={[
            [
              'Last answer',
              server.lastSuccess ? <TimeText key="t" ns={server.lastSuccess} withDate /> : 'never',
            ],
            ['Read over', server.url || server.source],
            ['Version', server.version || '–'],
            ['Id', server.id || '–'],
          ]}
        />
        <div className={styles.actions}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onChange({ tab: 'connections', find: undefined })}
          >
            Its connections
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onChange({ tab: 'events', find: undefined })}
          >
            Its events
          </Button>
        </div>
      </PanelSection>
      {server.figures && (
        <PanelSection title="Load">
          <KeyValueList rows={loadRows(server.figures)} />
        </PanelSection>
      )}
      {server.jetstream && (
        <PanelSection title="JetStream">
          <KeyValueList rows={jetstreamRows(server.jetstream)} />
        </PanelSection>
      )}
      <RaftSection server={server} />
      <LinkSection server={server} />
      {server.queues.length > 0 && (
        <PanelSection title="Internal queues that are not empty">
          <KeyValueList
            look="mono"
            rows={server.queues.map(({ name, pending }) => [name, countLabel(pending)])}
          />
        </PanelSection>
      )}
      <EndpointSection server={server} />
    </SidePanel>
  );
}

function loadRows(figures: NonNullable<ServerView['figures']>): Rows {
  const rate = (value: number | null): string => (value === null ? '–' : rateLabel(value));
  const byKind = Object.entries(figures.slowConsumersByKind)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
  return [
    ['Started', figures.startedAt ? <TimeText key="s" ns={figures.startedAt} withDate /> : '–'],
    ['CPU', `${Math.round(figures.cpuPercent)}% of one core; it has ${figures.cores}`],
    ['Memory', bytesLabel(figures.memoryBytes)],
    ['Connections', `${countLabel(figures.connections)} of ${countLabel(figures.maxConnections)}`],
    ['Messages in, out', `${rate(figures.inMsgsPerSecond)}, ${rate(figures.outMsgsPerSecond)}`],
    ['Slow consumers', byKind === '' ? countLabel(figures.slowConsumers) : byKind],
    ['Stalled clients', figures.stalledClients ?? '–'],
    ['Stale connections', figures.staleConnections ?? '–'],
  ];
}

function jetstreamRows(figures: NonNullable<ServerView['jetstream']>): Rows {
  const limit = (bytes: number): string => (bytes > 0 ? bytesLabel(bytes) : 'no limit');
  return [
    ['On disk', `${bytesLabel(figures.storageBytes)} of ${limit(figures.maxStorageBytes)}`],
    ['In memory', `${bytesLabel(figures.memoryBytes)} of ${limit(figures.maxMemoryBytes)}`],
    ['Reserved on disk', bytesLabel(figures.storageReservedBytes)],
    ['Replicated assets', countLabel(figures.haAssets)],
    ['Requests', `${countLabel(figures.apiTotal)}, ${countLabel(figures.apiErrors)} failed`],
    ['Meta leader', figures.metaLeader || '–'],
    ...(figures.metaPending === null
      ? []
      : ([['Meta requests that wait', countLabel(figures.metaPending)]] satisfies Rows)),
  ];
}

function RaftSection({ server: { raft } }: { server: ServerView }): ReactNode {
  if (raft.length === 0) return null;
  return (
    <PanelSection title="RAFT">
      {raft.map((group) => (
        <KeyValueList
          key={group.group}
          rows={[
            ['Group', group.group],
            ['State', group.state.toLowerCase()],
            ['Leader', group.leader || 'none'],
            ['Term', String(group.term)],
            ['Applied of committed', `${group.applied} of ${group.committed}`],
            ...(group.error ? ([['Error', group.error]] satisfies Rows) : []),
          ]}
        />
      ))}
    </PanelSection>
  );
}

function LinkSection({ server: { links } }: { server: ServerView }): ReactNode {
  if (links.length === 0) return null;
  return (
    <PanelSection title="Routes, gateways, leafs">
      <table className={styles.small}>
        <thead>
          <tr>
            <th>Kind</th>
            <th>To</th>
            <th data-number>RTT</th>
            <th data-number>Waiting</th>
          </tr>
        </thead>
        <tbody>
          {links.map((link, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a pool has several routes to one peer.
            <tr key={index}>
              <td>{link.kind}</td>
              <td title={link.account}>{link.remote || '–'}</td>
              <td data-number>{link.rttMs === null ? '–' : `${link.rttMs.toFixed(1)} ms`}</td>
              <td data-number>{bytesLabel(link.pendingBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PanelSection>
  );
}

function EndpointSection({ server: { endpoints } }: { server: ServerView }): ReactNode {
  if (endpoints.length === 0) return null;
  return (
    <PanelSection title="Endpoints">
      <table className={styles.small}>
        <tbody>
          {endpoints.map(({ endpoint, up, error, durationMs }) => (
            <tr key={endpoint}>
              <td>{endpoint}</td>
              <td>
                <TonedWord tone={up ? 'ok' : 'danger'}>{up ? 'answers' : error}</TonedWord>
              </td>
              <td data-number>{durationMs.toFixed(0)} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </PanelSection>
  );
}
