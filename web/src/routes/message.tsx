import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useRef } from 'react';
import { useTrace } from '../api/trace.ts';
import { LogList } from '../logs/log-list.tsx';
import { LogPanel } from '../logs/log-panel.tsx';
import { MessagePage } from '../messages/message-page.tsx';
import { TraceBody } from '../traces/page.tsx';
import styles from './routes.module.css';

const route = getRouteApi('/messages/$messageId');

/** A message with its path, and below it the trace and the logs, which belong to other nouns. */
export function MessageRoute(): ReactNode {
  const { messageId } = route.useParams();
  const { span, tab } = route.useSearch();
  const navigate = route.useNavigate();
  // Asked for at once, not when the message has come: its id holds the trace's.
  useTrace(messageId.slice(0, messageId.indexOf('-')));
  const lower = useRef<HTMLDivElement>(null);
  const select = useCallback(
    (spanId: string | undefined) =>
      void navigate({ search: (old) => ({ ...old, span: spanId }), replace: true }),
    [navigate],
  );
  const showSpan = (spanId: string) => {
    void navigate({ search: (old) => ({ ...old, span: spanId, tab: undefined }), replace: true });
    lower.current?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  };
  return (
    <MessagePage
      key={messageId}
      messageId={messageId}
      onSpan={showSpan}
      below={(message) => (
        <div ref={lower} className={styles.lower}>
          <Tabs
            value={tab ?? 'trace'}
            onChange={(value) =>
              void navigate({
                search: (old) => ({ ...old, tab: value === 'logs' ? 'logs' : undefined }),
                replace: true,
              })
            }
            keepMounted={false}
          >
            <Tabs.List>
              <Tabs.Tab value="trace">Trace</Tabs.Tab>
              <Tabs.Tab value="logs">
                Logs <span className="quiet">{message.logs.length}</span>
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="trace" pt={12}>
              <TraceBody
                traceId={message.traceId}
                selectedSpanId={span}
                onSelect={select}
                logs={(records) => <LogList records={records} size="panel" />}
                size="section"
              />
            </Tabs.Panel>
            <Tabs.Panel value="logs" pt={12}>
              <LogPanel records={message.logs} onSpan={showSpan} />
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    />
  );
}
