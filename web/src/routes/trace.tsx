import { Button } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';
import { useTrace } from '../api/trace.ts';
import { ConversationView } from '../conversations/conversation-view.tsx';
import { LogList } from '../logs/log-list.tsx';
import { LogPanel } from '../logs/log-panel.tsx';
import { TracePage } from '../traces/page.tsx';
import styles from './routes.module.css';
import type { Tab } from './tab.ts';

const route = getRouteApi('/traces/$traceId');

/** A trace, with its logs beside it and ways to the messages that were published in it. */
export function TraceRoute(): ReactNode {
  const { traceId } = route.useParams();
  const { span, tab } = route.useSearch();
  const navigate = route.useNavigate();
  const trace = useTrace(traceId).data;
  const select = useCallback(
    (spanId: string | undefined) =>
      void navigate({ search: (old) => ({ ...old, span: spanId }), replace: true }),
    [navigate],
  );
  const showSpan = (spanId: string) =>
    void navigate({ search: (old) => ({ ...old, span: spanId, tab: undefined }), replace: true });
  const toggle = (name: Tab): void =>
    void navigate({
      search: (old) => ({ ...old, tab: tab === name ? undefined : name }),
      replace: true,
    });
  return (
    <TracePage
      traceId={traceId}
      selectedSpanId={span}
      onSelect={select}
      logs={(records) => <LogList records={records} size="panel" />}
      instead={
        tab === 'logs' && trace ? (
          <div className={styles.pageLogs}>
            <LogPanel records={trace.logs} onSpan={showSpan} />
          </div>
        ) : tab === 'conversation' ? (
          <div className={styles.pageLogs}>
            <ConversationView traceId={traceId} />
          </div>
        ) : null
      }
      links={(data) => (
        <>
          {data.messageIds.slice(0, 1).map((messageId) => (
            <Link key={messageId} to="/messages/$messageId" params={{ messageId }}>
              {data.messageIds.length === 1
                ? 'its message'
                : `first of its ${data.messageIds.length} messages`}
            </Link>
          ))}
          <Button
            size="compact-xs"
            variant={tab === 'logs' ? 'light' : 'default'}
            aria-pressed={tab === 'logs'}
            onClick={() => toggle('logs')}
          >
            Logs {data.logs.length}
          </Button>
          <Button
            size="compact-xs"
            variant={tab === 'conversation' ? 'light' : 'default'}
            aria-pressed={tab === 'conversation'}
            title="The traces that links join to this one"
            onClick={() => toggle('conversation')}
          >
            Conversation
          </Button>
        </>
      )}
    />
  );
}
