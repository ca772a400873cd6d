import { Button } from '@mantine/core';
import { IconFilterOff, IconMailbox } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { isNamed, type MessageFilter, useMessages } from '../api/messages.ts';
import { useServices } from '../api/services.ts';
import { useStatus } from '../api/status.ts';
import type { TimeRange } from '../api/time-range.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { SetupSteps } from '../ui/setup-steps.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Filters } from './filters.tsx';
import { IdHint } from './id-hint.tsx';
import { MessageList } from './message-list.tsx';
import styles from './messages.module.css';
import { filterOf, type MessagesSearch, NO_FILTER, parseMessagesSearch } from './url.ts';

const route = getRouteApi('/messages');

/** Every message of the range, newest first. */
export function MessagesPage(props: { range: TimeRange; rangePicker: ReactNode }): ReactNode {
  const { range } = props;
  // Every change of the address is a new object: the list begins again only when a filter changes.
  const address = JSON.stringify(parseMessagesSearch({ ...route.useSearch() }));
  const navigate = route.useNavigate();
  const search = useMemo(() => JSON.parse(address) as MessagesSearch, [address]);
  const filter = useMemo(() => filterOf(search), [search]);
  const messages = useMessages(filter, range);
  const services = useServices(range);
  const textRef = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => textRef.current?.focus() });

  const change = useCallback(
    (changed: { [key in keyof MessagesSearch]: MessagesSearch[key] | undefined }) =>
      void navigate({ search: (old) => ({ ...old, ...changed }), replace: true }),
    [navigate],
  );
  const clear = useCallback(() => change(NO_FILTER), [change]);
  return (
    <>
      <PageHeader title="Messages" name="Messages" end={props.rangePicker}>
        <Filters
          search={search}
          services={services.data ?? []}
          onChange={change}
          onClear={clear}
          textRef={textRef}
        />
      </PageHeader>
      <IdHint text={search.text ?? ''} />
      {isNamed(filter) && (
        <p className={styles.hint}>
          A message that is named is found whatever its age; the time range does not count.
        </p>
      )}
      <Body messages={messages} filter={filter} range={range} onClear={clear} />
    </>
  );
}

function Body(props: {
  messages: ReturnType<typeof useMessages>;
  filter: MessageFilter;
  range: TimeRange;
  onClear: () => void;
}): ReactNode {
  const { messages, filter, range } = props;
  if (messages.isPending) return <LoadingRows rows={22} label="Messages are being loaded" />;
  if (messages.data === undefined) {
    return (
      <ErrorState
        title="The messages could not be loaded"
        error={messages.error}
        onRetry={() => void messages.refetch()}
      />
    );
  }
  return (
    <MessageList
      messages={messages}
      filter={filter}
      range={range}
      empty={Object.keys(filter).length > 0 ? <NoMatch onClear={props.onClear} /> : <NothingYet />}
    />
  );
}

function NoMatch({ onClear }: { onClear: () => void }): ReactNode {
  return (
    <EmptyState icon={IconFilterOff} title="No message matches these filters">
      <p>
        A subject takes wildcards: <code>orders.*</code> is one token, <code>orders.&gt;</code> is
        one or more. Or choose a longer time range.
      </p>
      <Button variant="default" size="xs" mt={10} onClick={onClear}>
        Clear the filters
      </Button>
    </EmptyState>
  );
}

function NothingYet(): ReactNode {
  const otlpPort = useStatus().data?.otlp.httpPort;
  return (
    <EmptyState icon={IconMailbox} title="No messages in this time range">
      <p>Choose a longer range, or make a service tell Hopline about its messages.</p>
      <SetupSteps otlpPort={otlpPort} />
    </EmptyState>
  );
}
