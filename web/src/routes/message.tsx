import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useCallback, useRef } from 'react';
import { useTrace } from '../api/trace.ts';
import { ConversationView } from '../conversations/conversation-view.tsx';
import { LogList } from '../logs/log-list.tsx';
import { LogPanel } from '../logs/log-panel.tsx';
import { MessagePage } from '../messages/message-page.tsx';
import { ServerEvents } from '../messages/server-events.tsx';
import { TraceBody } from '../traces/page.tsx';
import styles from './routes.module.css';
import { TABS } from './tab.ts';

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
                search: (old) => ({ ...old, tab: TABS.find((name) => name === value) }),
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
              <Tabs.Tab value="conversation">Conversation</Tabs.Tab>
              <Tabs.Tab value="events">
                Server events{' '}
                <span className="quiet">{message.hops.length + message.advisories.length}</span>
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
            <Tabs.Panel value="conversation" pt={12}>
              <ConversationView traceId={message.traceId} messageId={message.id} />
            </Tabs.Panel>
            <Tabs.Panel value="events" pt={12}>
              <ServerEvents message={message} />
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    />
  );
}
