import { type DurationNs, formatDuration } from '@hopline/model';
import type { ConversationMessage } from '@hopline/model/api';
import {
  IconAlertTriangle,
  IconArrowDown,
  IconHourglass,
  IconMessagesOff,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useConversation } from '../api/conversation.ts';
import { DurationText } from '../ui/duration-text.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { FateBadge } from '../ui/fate-badge.tsx';
import { FateIcon } from '../ui/fate-icon.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './conversation.module.css';
import { type Chapter, type Line, storyOf } from './story.ts';

/** Deeper messages stand at the same indent; otherwise long chains leave no room for their subjects. */
const MAX_INDENTS = 8;
const INDENT_PX = 16;

/** The traces that only links join, as one story from the first message to the last. */
export function ConversationView(props: {
  traceId: string;
  /** The message that the reader came from. */
  messageId?: string;
}): ReactNode {
  const conversation = useConversation(props.traceId);
  const { data } = conversation;
  const story = useMemo(() => (data ? storyOf(data) : []), [data]);
  if (conversation.isPending) {
    return <LoadingRows rows={8} label="The conversation is being put together" />;
  }
  if (data === undefined) {
    return (
      <ErrorState
        title="The conversation could not be loaded"
        error={conversation.error}
        onRetry={() => void conversation.refetch()}
      />
    );
  }
  if (!data || story.length === 0) {
    return (
      <EmptyState icon={IconMessagesOff} title="Nothing of this conversation is stored (yet)">
        <p>It shows up here by itself when the first span arrives.</p>
      </EmptyState>
    );
  }
  return (
    <section className={styles.conversation} aria-label="Conversation">
      <p className={styles.summary}>
        <strong>{counted(data.traces.length, 'trace')}</strong>
        {', '}
        {counted(data.messages.length, 'message')}, {counted(data.spans.length, 'span')} in{' '}
        <strong>
          <DurationText ns={data.duration} />
        </strong>
        {data.traces.length === 1 && (
          <span className="quiet"> · no other trace links to it, nor does it link to one</span>
        )}
      </p>
      {data.truncated && (
        <p className={styles.truncated} role="status">
          There is more than can be shown: only the nearest traces are here.
        </p>
      )}
      <ol className={styles.chapters}>
        {story.map((chapter) => (
          <ChapterView
            key={chapter.trace.traceId}
            chapter={chapter}
            isAsked={chapter.trace.traceId === data.traceId && story.length > 1}
            messageId={props.messageId}
          />
        ))}
      </ol>
    </section>
  );
}

function ChapterView(props: {
  chapter: Chapter;
  isAsked: boolean;
  messageId: string | undefined;
}): ReactNode {
  const { chapter, isAsked } = props;
  const { trace, lines, from } = chapter;
  return (
    <li className={styles.chapter} data-trace-id={trace.traceId} data-asked={isAsked || undefined}>
      {from && <Waited from={from} waitedNs={chapter.waitedNs} />}
      <div className={styles.head}>
        <Link to="/traces/$traceId" params={{ traceId: trace.traceId }} className={styles.name}>
          {trace.name || 'trace'}
        </Link>
        <span className="quiet">
          <TimeText ns={trace.start} withDate />
        </span>
        <DurationText ns={trace.duration} />
        <span className="quiet">{counted(trace.spans, 'span')}</span>
        {trace.errors > 0 && (
          <span className={styles.errors}>
            <IconAlertTriangle size={13} aria-hidden /> {counted(trace.errors, 'error')}
          </span>
        )}
        {isAsked && <span className={styles.asked}>this trace</span>}
        <span className={styles.services}>
          {trace.services.map((name) => (
            <ServiceName key={name} name={name} />
          ))}
        </span>
      </div>
      <div className={styles.track} aria-hidden="true">
        <i style={{ left: `${chapter.left * 100}%`, width: `${chapter.width * 100}%` }} />
      </div>
      {lines.length === 0 ? (
        <p className={styles.nothing}>It published nothing.</p>
      ) : (
        <Messages lines={lines} messageId={props.messageId} name={trace.name} />
      )}
    </li>
  );
}

/** What joins a chapter to an earlier one: the message it took, and how long that had lain. */
function Waited(props: { from: ConversationMessage; waitedNs: DurationNs | null }): ReactNode {
  const { from, waitedNs } = props;
  const isSkewed = waitedNs !== null && waitedNs < 0n;
  return (
    <p className={styles.waited}>
      <IconArrowDown size={14} aria-hidden />
      goes on from
      <Link to="/messages/$messageId" params={{ messageId: from.id }} className="mono">
        {from.subject}
      </Link>
      {waitedNs !== null && (
        <span title="From its publishing to the start of this trace, each by its own clock">
          <IconHourglass size={13} aria-hidden />{' '}
          {isSkewed
            ? 'before it was published (clock skew)'
            : `${formatDuration(waitedNs)} after it was published`}
        </span>
      )}
    </p>
  );
}

function Messages(props: {
  lines: readonly Line[];
  messageId: string | undefined;
  name: string;
}): ReactNode {
  return (
    <table className={styles.messages} aria-label={`Messages of ${props.name}`}>
      <thead>
        <tr>
          <th>Published</th>
          <th>Subject</th>
          <th>Producer</th>
          <th>Consumers</th>
          <th data-number>Total</th>
          <th>Outcome</th>
        </tr>
      </thead>
      <tbody>
        {props.lines.map(({ message, depth }) => (
          <tr
            key={message.id}
            data-message-id={message.id}
            aria-current={message.id === props.messageId || undefined}
          >
            <td>
              <TimeText ns={message.time} />
            </td>
            <td style={{ paddingLeft: Math.min(depth, MAX_INDENTS) * INDENT_PX }}>
              {depth > 0 && <span className="quiet">↳ </span>}
              <Link
                to="/messages/$messageId"
                params={{ messageId: message.id }}
                className="mono"
                title={message.subject}
              >
                {message.subject || '(no subject)'}
              </Link>
            </td>
            <td>
              <ServiceName name={message.producer} />
            </td>
            <td>
              <Consumers message={message} />
            </td>
            <td data-number>
              <DurationText ns={message.total} />
            </td>
            <td>
              <FateBadge fate={message.outcome} quiet />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Consumers({ message }: { message: ConversationMessage }): ReactNode {
  if (message.consumers.length === 0) return <span className="quiet">none</span>;
  return (
    <span className={styles.consumers}>
      {message.consumers.map(({ service, consumer, queueGroup, fate, attempts }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one service may have equal subscriptions.
        <span key={`${service}/${consumer}/${index}`}>
          <FateIcon fate={fate} size={13} /> {service || consumer || queueGroup || 'unknown'}
          {attempts > 1 && <span className="quiet"> ×{attempts}</span>}
        </span>
      ))}
    </span>
  );
}

const counted = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
