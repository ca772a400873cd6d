import type { MessageResponse } from '@hopline/model/api';
import type { Icon } from '@tabler/icons-react';
import {
  IconChevronRight,
  IconDatabase,
  IconSend,
  IconServer2,
  IconUsers,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import { AdvisoryList } from './advisory-list.tsx';
import { DeliveryCard } from './delivery-card.tsx';
import { HopList } from './hop-list.tsx';
import styles from './message-path.module.css';
import { OffsetText } from './offset-text.tsx';
import { Related } from './related.tsx';

/** Of more consumers the cards are closed and scroll by themselves: the trace below stays in reach. */
const MAX_OPEN_DELIVERIES = 8;

/** The way of a message, left to right: who sent it, the servers, the stream, whoever took it. */
export function MessagePath(props: {
  message: MessageResponse;
  onSpan: (spanId: string) => void;
}): ReactNode {
  const { message, onSpan } = props;
  const isStored = message.stream !== '' || message.storeTime !== null;
  return (
    <section className={styles.path} aria-label="Path of the message">
      <div className={styles.way}>
        <Step icon={IconSend} title={message.isRequest ? 'Requested by' : 'Published by'}>
          <div className={styles.card} data-error={message.publishStatus === 'ERROR' || undefined}>
            <ServiceName name={message.producer} strong />
            <p className={styles.line}>
              {message.isRequest
                ? 'answered after '
                : isStored
                  ? 'acknowledged after '
                  : 'sent in '}
              <DurationText ns={message.publishDuration} />
            </p>
            {message.publishStatus === 'ERROR' && <p className={styles.error}>publish failed</p>}
            <button
              type="button"
              className={styles.spanLink}
              onClick={() => onSpan(message.publishSpanId)}
            >
              show span
            </button>
          </div>
        </Step>
        <Step icon={IconServer2} title="Servers">
          <HopList message={message} />
        </Step>
        {isStored && (
          <Step icon={IconDatabase} title="Stored in">
            <div className={styles.card} data-shape="stream">
              <span className={styles.stream}>{message.stream || 'a stream'}</span>
              {message.streamSequence !== '' && (
                <p className={styles.line}>
                  sequence <span className="mono">{message.streamSequence}</span>
                </p>
              )}
              <p className={styles.line}>
                {message.storeTime === null ? (
                  'store time unknown'
                ) : (
                  <OffsetText from={message.time} to={message.storeTime} />
                )}
              </p>
            </div>
          </Step>
        )}
      </div>
      <Step
        icon={IconUsers}
        title={message.isRequest ? 'Answered by' : 'Delivered to'}
        count={message.deliveries.length}
        isLast
      >
        <div
          className={styles.deliveries}
          data-many={message.deliveries.length > MAX_OPEN_DELIVERIES || undefined}
        >
          {message.deliveries.map((delivery, index) => (
            <DeliveryCard
              // biome-ignore lint/suspicious/noArrayIndexKey: one service may have equal subscriptions.
              key={`${delivery.consumer}/${delivery.queueGroup}/${delivery.service}/${index}`}
              delivery={delivery}
              message={message}
              onSpan={onSpan}
              isOpen={message.deliveries.length <= MAX_OPEN_DELIVERIES}
            />
          ))}
          {message.deliveries.length === 0 && <NobodyTookIt />}
        </div>
      </Step>
      <div className={styles.aside}>
        <AdvisoryList advisories={message.advisories} />
        <Related message={message} />
      </div>
    </section>
  );
}

function Step(props: {
  icon: Icon;
  title: string;
  count?: number;
  isLast?: boolean;
  children: ReactNode;
}): ReactNode {
  const Shape = props.icon;
  return (
    <div className={styles.step}>
      <h2>
        <Shape size={14} stroke={1.8} aria-hidden />
        {props.title}
        {props.count !== undefined && props.count > 1 && <span>{props.count}</span>}
        {!props.isLast && <IconChevronRight size={14} className={styles.arrow} aria-hidden />}
      </h2>
      {props.children}
    </div>
  );
}

function NobodyTookIt(): ReactNode {
  return (
    <div className={styles.nobody}>
      <strong>No delivery was seen.</strong>
      <p>
        Nobody is subscribed, the consumer has not got to it yet, or the consumer is not
        instrumented and its server sends no trace events.
      </p>
    </div>
  );
}
