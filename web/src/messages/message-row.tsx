import type { ConsumerSummary, MessageSummary } from '@hopline/model/api';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { FateBadge } from '../ui/fate-badge.tsx';
import { FateIcon } from '../ui/fate-icon.tsx';
import { MiddleText } from '../ui/middle-text.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './messages.module.css';

export const ROW_HEIGHT_PX = 32;
export const HEADINGS = ['Time', 'Subject', 'Producer', 'Consumers', 'Total', 'Outcome'] as const;
const MAX_CONSUMERS = 3;

/** One message in one line. The whole line is the link. */
export const MessageRow = memo(function MessageRow(props: {
  message: MessageSummary;
  topPx: number;
  isSelected: boolean;
}): ReactNode {
  const { message, topPx, isSelected } = props;
  return (
    <li
      className={styles.row}
      style={{ transform: `translateY(${topPx}px)`, height: ROW_HEIGHT_PX }}
      data-selected={isSelected || undefined}
      data-message-id={message.id}
    >
      <span className={styles.time}>
        <TimeText ns={message.time} />
      </span>
      <span className={styles.subject}>
        <Link
          to="/messages/$messageId"
          params={{ messageId: message.id }}
          className={styles.cover}
          title={message.subject}
        >
          {message.subject ? (
            <MiddleText text={message.subject} />
          ) : (
            <span className="quiet">(no subject)</span>
          )}
        </Link>
        {message.isRequest && (
          <IconArrowsLeftRight
            size={13}
            role="img"
            aria-label="request"
            className={styles.request}
          />
        )}
      </span>
      <ServiceName name={message.producer} />
      <Consumers consumers={message.consumers} />
      <span className={styles.total}>
        <DurationText ns={message.total} />
      </span>
      <FateBadge fate={message.outcome} quiet />
    </li>
  );
});

function Consumers({ consumers }: { consumers: readonly ConsumerSummary[] }): ReactNode {
  if (consumers.length === 0) return <span className="quiet">none</span>;
  const rest = consumers.length - MAX_CONSUMERS;
  return (
    <span className={styles.consumers}>
      {consumers.slice(0, MAX_CONSUMERS).map((consumer, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one service may have equal subscriptions.
        <span key={`${consumer.service}/${consumer.consumer}/${index}`} className={styles.consumer}>
          <FateIcon fate={consumer.fate} size={13} />
          <span className="ellipsis">
            <MiddleText text={nameOf(consumer)} />
          </span>
          {consumer.attempts > 1 && <span className="quiet">×{consumer.attempts}</span>}
        </span>
      ))}
      {rest > 0 && <span className="quiet">+{rest}</span>}
    </span>
  );
}

const nameOf = (consumer: ConsumerSummary): string =>
  consumer.service || consumer.consumer || consumer.queueGroup || 'unknown';
