import type { MessageResponse } from '@hopline/model/api';
import { IconArrowsLeftRight, IconMailQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isRefused } from '../api/errors.ts';
import { useMessage } from '../api/message.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { FateBadge } from '../ui/fate-badge.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { MessageFacts } from './message-facts.tsx';
import styles from './message-page.module.css';
import { MessagePath } from './message-path.tsx';

/**
 * One message: what became of it, its path, and below it whatever the route puts there (its trace and
 * logs belong to other folders).
 */
export function MessagePage(props: {
  messageId: string;
  onSpan: (spanId: string) => void;
  below: (message: MessageResponse) => ReactNode;
}): ReactNode {
  const message = useMessage(props.messageId);
  if (message.isPending) {
    return (
      <>
        <PageHeader title={<Crumb />} name="Message" />
        <LoadingRows rows={14} label="The message is being loaded" />
      </>
    );
  }
  if (!message.data)
    return (
      <Failure
        messageId={props.messageId}
        error={message.error}
        retry={() => void message.refetch()}
      />
    );
  const { data } = message;
  return (
    <>
      <PageHeader
        name={data.subject}
        title={
          <>
            <Crumb />
            <span className={styles.subject} title={data.subject}>
              {data.subject || '(no subject)'}
            </span>
            {data.isRequest && (
              <span className={styles.request} title="The publisher waited for a reply">
                <IconArrowsLeftRight size={13} aria-hidden /> Request
              </span>
            )}
          </>
        }
        end={<FateBadge fate={data.outcome} />}
      />
      <div className={styles.page}>
        <MessageFacts message={data} />
        <MessagePath message={data} onSpan={props.onSpan} />
        {props.below(data)}
      </div>
    </>
  );
}

const Crumb = (): ReactNode => (
  <>
    <Link to="/messages" className={styles.crumb}>
      Messages
    </Link>
    <span className="quiet" aria-hidden="true">
      /
    </span>
  </>
);

/** Without an `error` the message is not stored. */
function Failure(props: { messageId: string; error: Error | null; retry: () => void }): ReactNode {
  const { messageId, error, retry } = props;
  return (
    <>
      <PageHeader
        name="Message"
        title={
          <>
            <Crumb />
            <span className={styles.subject} title={messageId}>
              {messageId}
            </span>
          </>
        }
      />
      {isRefused(error) ? (
        <EmptyState icon={IconMailQuestion} title="This is not the id of a message">
          <p>
            An id is the trace id and the span id of its publish, with a hyphen between them. By a
            key, or by stream and sequence, a message is found under{' '}
            <Link to="/messages">Messages</Link>, Identity.
          </p>
        </EmptyState>
      ) : error === null ? (
        <EmptyState icon={IconMailQuestion} title="This message is not known (yet)">
          <p>
            Spans arrive some seconds after the message: it appears here by itself as soon as they
            do. Otherwise it was not sampled, it is older than what is kept, or the id is mistyped.
          </p>
        </EmptyState>
      ) : (
        <ErrorState title="The message could not be loaded" error={error} onRetry={retry} />
      )}
    </>
  );
}
