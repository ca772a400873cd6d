import type { ClusterEvent } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { MiddleText } from '../ui/middle-text.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import styles from './servers.module.css';

/** What an event is about: a consumer, a stream, a connection. */
export function EventSubject({ event }: { event: ClusterEvent }): ReactNode {
  const { stream, consumer, connection, service } = event;
  if (!stream && !connection && !service) return <span className="quiet">–</span>;
  return (
    <span className={styles.parts}>
      {service && <ServiceName name={service} />}
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

/** The message that an event is about, with a link to its path; without one the trace of an error. */
export function EventMessage({ event }: { event: ClusterEvent }): ReactNode {
  const { stream, streamSequence, deliveries, traceId } = event;
  if (streamSequence === null && traceId) {
    return (
      <Link to="/traces/$traceId" params={{ traceId }}>
        trace
      </Link>
    );
  }
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
