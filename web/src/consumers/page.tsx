import { Button, Select, Tabs } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';
import { useConsumers, useStreams } from '../api/cluster.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { totalText, UnknownBanner } from '../ui/unknown-parts.tsx';
import { ConsumerTable } from './consumer-table.tsx';
import styles from './consumers.module.css';
import { StreamTable } from './stream-table.tsx';
import type { ChangeSearch } from './url.ts';
import { VERDICTS } from './verdict-look.ts';

const route = getRouteApi('/consumers');

/** Streams and consumers: what waits, for how long, and whether it gets better. */
export function ConsumersPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const consumers = useConsumers();
  const streams = useStreams();
  const change: ChangeSearch = useCallback(
    (changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const isFiltered = search.find !== undefined || search.verdict !== undefined;
  return (
    <>
      <PageHeader title="Streams & consumers" name="Streams and consumers">
        <SearchField
          label="Find"
          placeholder="Stream, consumer, subject…"
          value={search.find ?? ''}
          onChange={(find) => change({ find: find || undefined })}
          icon={<IconSearch size={14} />}
          width={220}
        />
        {search.tab === undefined && (
          <Select
            size="xs"
            aria-label="Verdict"
            placeholder="Any verdict"
            data={[...VERDICTS]}
            value={search.verdict ?? null}
            onChange={(verdict) => change({ verdict: VERDICTS.find((one) => one === verdict) })}
            clearable
            w={150}
          />
        )}
        {isFiltered && (
          <Button
            variant="subtle"
            size="xs"
            px={8}
            onClick={() => change({ find: undefined, verdict: undefined })}
          >
            Clear
          </Button>
        )}
      </PageHeader>
      <Tabs
        value={search.tab ?? 'consumers'}
        className={styles.tabs ?? ''}
        onChange={(value) =>
          change({ tab: value === 'streams' ? 'streams' : undefined, sort: undefined })
        }
      >
        <Tabs.List px={20}>
          <Tabs.Tab value="consumers">
            Consumers <span className="quiet">{totalText(consumers.data)}</span>
          </Tabs.Tab>
          <Tabs.Tab value="streams">
            Streams <span className="quiet">{totalText(streams.data)}</span>
          </Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {(consumers.data?.total ?? 0) + (streams.data?.total ?? 0) > 0 && (
        <UnknownBanner what="streams and consumers" unknown={streams.data?.unknown} />
      )}
      {search.tab === 'streams' ? (
        <StreamTable streams={streams} search={search} onChange={change} />
      ) : (
        <ConsumerTable consumers={consumers} search={search} onChange={change} />
      )}
    </>
  );
}
