import type { ClusterEvent } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { MiddleText } from '../ui/middle-text.tsx';
import styles from './servers.module.css';

/** What an event is about: a consumer, a stream, a connection. */
export function EventSubject({ event }: { event: ClusterEvent }): ReactNode {
  const { stream, consumer, connection } = event;
  if (!stream && !connection) return <span className="quiet">–</span>;
  return (
    <span className={styles.parts}>
      {stream && <MiddleText text={stream} />}
      {stream && consumer && (
        <>
          <span className="quiet">/</span>
          <Link to="/consumers/$stream/$consumer" params={{ stream, consumer }}>
            <MiddleText text={consumer} />
          </Link>
        </>
      )}
      {connection && <MiddleText text={connection} />}
    </span>
  );
}

/** The message of an advisory, with a link to its path. */
export function EventMessage({ event }: { event: ClusterEvent }): ReactNode {
  const { stream, streamSequence, deliveries } = event;
  if (streamSequence === null) return <span className="quiet">–</span>;
  return (
    <span title={deliveries === null ? undefined : `delivered ${deliveries} times`}>
      <Link to="/messages" search={{ stream, sequence: streamSequence }}>
        {streamSequence}
      </Link>
      {deliveries !== null && <span className="quiet"> {deliveries}×</span>}
    </span>
  );
}
