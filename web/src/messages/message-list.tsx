import type { MessageSummary } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import {
  isNamed,
  type MessageFilter,
  type useMessages,
  useNewestMessages,
  useRestartMessages,
} from '../api/messages.ts';
import type { TimeRange } from '../api/time-range.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { overlayNewest } from './live-rows.ts';
import { HEADINGS, MessageRow, ROW_HEIGHT_PX } from './message-row.tsx';
import styles from './messages.module.css';

/** More rows than this are not read by anyone; the list says so and asks for a filter. */
const MAX_ROWS = 5_000;
/** Rows below the screen at which the next page is asked for. */
const AHEAD_ROWS = 30;

/** The list itself: virtual rows, live at its top, keys j, k and Enter. */
export function MessageList(props: {
  messages: ReturnType<typeof useMessages>;
  filter: MessageFilter;
  range: TimeRange;
  empty: ReactNode;
}): ReactNode {
  const { messages, filter, range } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [isHovered, setHovered] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const loaded = useMemo(
    () => messages.data?.pages.flatMap((page) => page.messages) ?? [],
    [messages.data],
  );
  const isHeld = isHovered || isScrolled || selectedId !== null;
  const live = useLiveRows({ loaded, filter, range, isHeld });
  const { rows } = live;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useNextPage({ messages, lastIndex: virtual.getVirtualItems().at(-1)?.index ?? 0, rows });
  useRowKeys({ rows, selectedId, setSelectedId, show: (index) => virtual.scrollToIndex(index) });

  if (rows.length === 0 && live.newCount === 0) return props.empty;
  return (
    <section
      className={styles.list}
      aria-label="Messages"
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
    >
      <div className={styles.columns} aria-hidden="true">
        {HEADINGS.map((heading) => (
          <span key={heading}>{heading}</span>
        ))}
      </div>
      {isHeld && live.newCount > 0 && (
        <Button
          className={styles.pill ?? ''}
          size="compact-xs"
          radius="xl"
          leftSection={<IconArrowUp size={13} />}
          onClick={() => {
            live.restart();
            setSelectedId(null);
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          {live.isGap ? `${live.newCount}+ new` : `${live.newCount} new`}
        </Button>
      )}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > ROW_HEIGHT_PX / 2)}
      >
        <ul className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const message = rows[item.index];
            if (!message) return null;
            return (
              <MessageRow
                key={item.key}
                message={message}
                topPx={item.start}
                isSelected={message.id === selectedId}
              />
            );
          })}
        </ul>
        <Foot messages={messages} count={rows.length} isAnyAge={isNamed(filter)} />
      </div>
    </section>
  );
}

/** Follows the newest page while nobody reads, counts what is new while somebody does. */
function useLiveRows(options: {
  loaded: readonly MessageSummary[];
  filter: MessageFilter;
  range: TimeRange;
  isHeld: boolean;
}) {
  const { loaded, filter, range, isHeld } = options;
  const newest = useNewestMessages(filter, range).data;
  const restart = useRestartMessages(filter, range);
  const live = useMemo(() => overlayNewest(loaded, newest?.messages ?? []), [loaded, newest]);
  useEffect(() => {
    if (!isHeld && newest && live.newCount > 0) restart(newest);
  }, [isHeld, newest, live.newCount, restart]);
  return { ...live, restart: () => newest && restart(newest) };
}

function useNextPage(options: {
  messages: ReturnType<typeof useMessages>;
  lastIndex: number;
  rows: readonly MessageSummary[];
}): void {
  const { messages, lastIndex, rows } = options;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = messages;
  const isNear = lastIndex >= rows.length - AHEAD_ROWS && rows.length < MAX_ROWS;
  useEffect(() => {
    if (isNear && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) {
      void fetchNextPage();
    }
  }, [isNear, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
}

function useRowKeys(options: {
  rows: readonly MessageSummary[];
  selectedId: string | null;
  setSelectedId: (id: string | null) => void;
  show: (index: number) => void;
}): void {
  const { rows, selectedId, setSelectedId, show } = options;
  const navigate = useNavigate();
  const move = (step: number) => {
    const at = rows.findIndex((row) => row.id === selectedId);
    const next = Math.min(rows.length - 1, Math.max(0, at === -1 ? 0 : at + step));
    setSelectedId(rows[next]?.id ?? null);
    show(next);
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    escape: () => setSelectedId(null),
    enter: (event) => {
      if (!selectedId || (event.target as Element | null)?.closest('a,button')) return false;
      void navigate({ to: '/messages/$messageId', params: { messageId: selectedId } });
      return true;
    },
  });
}

function Foot(props: {
  messages: ReturnType<typeof useMessages>;
  count: number;
  isAnyAge: boolean;
}): ReactNode {
  const { messages, count } = props;
  if (messages.isFetchNextPageError) {
    return (
      <p className={styles.foot} role="alert">
        The next page could not be loaded: {messages.error?.message}{' '}
        <Button size="compact-xs" variant="default" onClick={() => void messages.fetchNextPage()}>
          Try again
        </Button>
      </p>
    );
  }
  if (messages.isFetchingNextPage) return <p className={styles.foot}>Loading older messages…</p>;
  if (count >= MAX_ROWS) {
    return (
      <p className={styles.foot}>
        Only the newest {count.toLocaleString('en')} are listed. Narrow the filter or the time range
        to see the rest.
      </p>
    );
  }
  return messages.hasNextPage ? null : (
    <p className={styles.foot}>
      {count.toLocaleString('en')} {count === 1 ? 'message' : 'messages'}, all{' '}
      {props.isAnyAge ? 'that are kept' : 'of this range'}
    </p>
  );
}
