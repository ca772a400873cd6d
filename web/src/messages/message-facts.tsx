import type { MessageResponse } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Copyable } from '../ui/copyable.tsx';
import { DurationText } from '../ui/duration-text.tsx';
import { bytesLabel } from '../ui/number-text.ts';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './message-page.module.css';

/** The message in one line of figures and ids. */
export function MessageFacts({ message }: { message: MessageResponse }): ReactNode {
  return (
    <dl className={styles.facts}>
      <Fact name="Published">
        <TimeText ns={message.time} withDate />
      </Fact>
      <Fact name="By">
        <ServiceName name={message.producer} strong />
      </Fact>
      <Fact name={message.isRequest ? 'Round trip' : 'Total'}>
        <strong>
          <DurationText ns={message.isRequest ? message.publishDuration : message.total} />
        </strong>
      </Fact>
      {message.stream !== '' && (
        <Fact name="Stored as">
          <span className="mono">
            {message.stream}
            {message.streamSequence !== '' && (
              <span className="quiet"> #{message.streamSequence}</span>
            )}
          </span>
        </Fact>
      )}
      {message.sizeBytes !== null && <Fact name="Size">{bytesLabel(message.sizeBytes)}</Fact>}
      {message.messageKey !== '' && (
        <Fact name="Message key">
          <Copyable value={message.messageKey} label="message key" shorten={28} />
        </Fact>
      )}
      <Fact name="Message id">
        <Copyable value={message.id} label="message id" shorten={12} />
      </Fact>
      <Fact name="Trace">
        <Copyable value={message.traceId} label="trace id" shorten={12} />
        <Link to="/traces/$traceId" params={{ traceId: message.traceId }} className={styles.open}>
          open
        </Link>
      </Fact>
      <Fact name="Export">
        <a href={`/api/v1/messages/${message.id}`} download={`message-${message.id}.json`}>
          JSON
        </a>
      </Fact>
      {message.causedBy !== null && (
        <Fact name="Caused by">
          <Link to="/messages/$messageId" params={{ messageId: message.causedBy }}>
            the message before
          </Link>
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
