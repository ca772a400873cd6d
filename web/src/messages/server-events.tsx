import type { Advisory, Hop, MessageResponse } from '@hopline/model/api';
import { IconServerOff } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { Copyable } from '../ui/copyable.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { OffsetText } from './offset-text.tsx';
import styles from './server-events.module.css';

interface ServerEvent {
  time: string;
  /** Unique in a message. */
  key: string;
  source: string;
  summary: string;
  record: Hop | Advisory;
}

/** What NATS servers and JetStream reported of a message, event by event, with every field kept. */
export function ServerEvents({ message }: { message: MessageResponse }): ReactNode {
  const events = useMemo(() => eventsOf(message), [message]);
  if (events.length === 0) {
    return (
      <EmptyState icon={IconServerOff} title="No server reported this message">
        <p>
          Set <code>msg_trace</code> on the account to have one event from each server:{' '}
          <code>hopline nats-config</code> prints how.
        </p>
      </EmptyState>
    );
  }
  return (
    <ol className={styles.events} aria-label="Server events">
      {events.map((event) => (
        <li key={event.key}>
          <details>
            <summary>
              <span className={styles.time}>
                <TimeText ns={event.time} />
              </span>
              <span className={styles.offset}>
                <OffsetText from={message.time} to={event.time} />
              </span>
              <strong className="ellipsis">{event.source}</strong>
              <span className="ellipsis">{event.summary}</span>
            </summary>
            <div className={styles.record}>
              <pre>{JSON.stringify(event.record, null, 2)}</pre>
              <Copyable value={JSON.stringify(event.record)} label="event as JSON" shorten={12} />
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}

function eventsOf(message: MessageResponse): ServerEvent[] {
  const hops = message.hops.map(
    (hop): ServerEvent => ({
      time: hop.time,
      key: `hop ${hop.serverId || hop.server} ${hop.hop} ${hop.time}`,
      source: hop.server,
      summary: summaryOf(hop),
      record: hop,
    }),
  );
  const advisories = message.advisories.map(
    (advisory): ServerEvent => ({
      time: advisory.time,
      key: `advisory ${advisory.kind} ${advisory.consumer} ${advisory.deliveries} ${advisory.time}`,
      source: `JetStream ${advisory.stream}${advisory.consumer && `/${advisory.consumer}`}`,
      summary: [advisory.kind, advisory.reason].filter(Boolean).join(': '),
      record: advisory,
    }),
  );
  return [...hops, ...advisories].sort((a, b) => (BigInt(a.time) < BigInt(b.time) ? -1 : 1));
}

function summaryOf(hop: Hop): string {
  const parts = [`took it from ${hop.ingressKind} ${hop.ingressName}`.trim()];
  if (hop.stream !== '') parts.push(`stored in ${hop.stream}`);
  if (hop.changes.length > 0)
    parts.push(`changed ${hop.changes.map(({ kind }) => kind).join(', ')}`);
  if (hop.egresses.length > 0) parts.push(`sent it on to ${receiversOf(hop)}`);
  return [...parts, hop.error, hop.storeError].filter(Boolean).join(', ');
}

const MAX_RECEIVERS = 3;

function receiversOf({ egresses }: Hop): string {
  const names = egresses.slice(0, MAX_RECEIVERS).map(({ kind, name }) => name || `a ${kind}`);
  const rest = egresses.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
