import { Tabs } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';
import { useServers } from '../api/cluster.ts';
import type { TimeRange } from '../api/time-range.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { totalText } from '../ui/unknown-parts.tsx';
import { ConnectionTable } from './connection-table.tsx';
import { EventList } from './event-list.tsx';
import { ServerTable } from './server-table.tsx';
import styles from './servers.module.css';
import { type ChangeSearch, SERVER_TABS } from './url.ts';

const route = getRouteApi('/servers');

/** The NATS servers: who they are and how they are, who is connected, what happened. */
export function ServersPage(props: {
  range: TimeRange;
  onRange: (range: TimeRange) => void;
  rangePicker: ReactNode;
}): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const servers = useServers();
  const change: ChangeSearch = useCallback(
    (changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const tab = search.tab ?? 'servers';
  useShortcuts({ escape: () => change({ server: undefined }) });
  return (
    <>
      <PageHeader title="Servers" name="Servers" end={tab === 'events' ? props.rangePicker : null}>
        <SearchField
          label={tab === 'servers' ? 'Find a server' : 'Find'}
          placeholder="Name, account, address…"
          value={search.find ?? ''}
          onChange={(find) => change({ find: find || undefined })}
          icon={<IconSearch size={14} />}
          width={220}
        />
      </PageHeader>
      <Tabs
        value={tab}
        className={styles.tabs ?? ''}
        onChange={(value) => {
          const next = SERVER_TABS.find((one) => one === value);
          change({ tab: next === 'servers' ? undefined : next, sort: undefined });
        }}
      >
        <Tabs.List px={20}>
          <Tabs.Tab value="servers">
            Servers{' '}
            <span className="quiet">
              {servers.data && totalText({ total: servers.data.servers.length, ...servers.data })}
            </span>
          </Tabs.Tab>
          <Tabs.Tab value="connections">Connections</Tabs.Tab>
          <Tabs.Tab value="events">Events</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {tab === 'servers' && <ServerTable servers={servers} search={search} onChange={change} />}
      {tab === 'connections' && <ConnectionTable search={search} onChange={change} />}
      {tab === 'events' && (
        <EventList range={props.range} onRange={props.onRange} search={search} onChange={change} />
      )}
    </>
  );
}
