import type { Attempt, Delivery, MessageResponse } from '@hopline/model/api';
import { IconCheck, IconChevronDown, IconChevronRight, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { DurationText } from '../ui/duration-text.tsx';
import { FateBadge } from '../ui/fate-badge.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import styles from './delivery-card.module.css';
import { OffsetText } from './offset-text.tsx';
import { StageBar, StageStrip } from './stage-bar.tsx';
import { knownTotal } from './stage-layout.ts';

/** Attempts shown at once; the ones in the middle of a long series say nothing new. */
const MAX_ATTEMPTS = 12;
/** Up to this many attempts all stand open; of more only the last, which decided the fate. */
const MAX_OPEN = 2;

/** One consumer of the message: what became of it there, and each attempt with its stages. */
export function DeliveryCard(props: {
  delivery: Delivery;
  message: MessageResponse;
  onSpan: (spanId: string) => void;
  /** False: only what went wrong stands open. */
  isOpen: boolean;
}): ReactNode {
  const { delivery, message, onSpan } = props;
  const { attemptList } = delivery;
  const shown =
    attemptList.length <= MAX_ATTEMPTS
      ? attemptList
      : [...attemptList.slice(0, MAX_ATTEMPTS - 1), ...attemptList.slice(-1)];
  return (
    <article className={styles.card} data-fate={delivery.fate}>
      <header>
        <span className={styles.who}>
          <ServiceName name={nameOf(delivery)} strong />
          <Through delivery={delivery} stream={message.stream} />
        </span>
        <span className={styles.fate}>
          <FateBadge fate={delivery.fate} />
        </span>
      </header>
      {delivery.fateEvidence !== '' && <p className={styles.evidence}>{delivery.fateEvidence}</p>}
      {!delivery.evidence.includes('client spans') && (
        <p className={styles.evidence}>
          Not instrumented: known from {delivery.evidence.join(' and ') || 'nothing'}, so there are
          no stages.
        </p>
      )}
      {shown.map((attempt) => (
        <AttemptRow
          key={`${attempt.number}/${attempt.spanId}`}
          attempt={attempt}
          message={message}
          by={nameOf(delivery)}
          onSpan={onSpan}
          isAlone={attemptList.length === 1}
          isFirstOpen={
            (props.isOpen || attempt.status === 'ERROR') &&
            (attemptList.length <= MAX_OPEN || attempt === attemptList.at(-1))
          }
        />
      ))}
      {shown.length < attemptList.length && (
        <p className={styles.evidence}>
          {attemptList.length - shown.length} more attempts between these are not shown.
        </p>
      )}
    </article>
  );
}

const nameOf = ({ service, consumer, queueGroup }: Delivery): string =>
  service || consumer || queueGroup;

function Through({ delivery, stream }: { delivery: Delivery; stream: string }): ReactNode {
  if (delivery.consumer !== '') {
    return (
      <span className={styles.through}>
        consumer <code>{stream ? `${stream}/${delivery.consumer}` : delivery.consumer}</code>
      </span>
    );
  }
  if (delivery.queueGroup !== '') {
    return (
      <span className={styles.through}>
        queue group <code>{delivery.queueGroup}</code>
      </span>
    );
  }
  return <span className={styles.through}>subscription</span>;
}

function AttemptRow(props: {
  attempt: Attempt;
  message: MessageResponse;
  /** Who handled it: several consumers have a first attempt each. */
  by: string;
  onSpan: (spanId: string) => void;
  isAlone: boolean;
  isFirstOpen: boolean;
}): ReactNode {
  const { attempt, message, isAlone } = props;
  const [isOpen, setOpen] = useState(props.isFirstOpen);
  const isError = attempt.status === 'ERROR';
  const total = knownTotal(attempt.stages);
  return (
    <section className={styles.attempt} aria-label={`Attempt ${attempt.number} of ${props.by}`}>
      <div className={styles.head}>
        <button
          type="button"
          className={styles.number}
          data-error={isError || undefined}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          {isError ? (
            <IconX size={13} aria-label="failed" />
          ) : (
            <IconCheck size={13} aria-label="done" />
          )}
          {isAlone ? 'Handled' : `Attempt ${attempt.number}`}
        </button>
        <span className={styles.offset}>
          <OffsetText from={message.time} to={attempt.start} />
        </span>
        {attempt.disposition !== '' && <Disposition name={attempt.disposition} />}
        {isOpen ? <SpanLink {...props} /> : <StageStrip stages={attempt.stages} />}
        <strong className={styles.total}>
          <DurationText ns={total === null ? attempt.duration : String(total)} />
        </strong>
      </div>
      {isOpen && (
        <div className={styles.details}>
          {attempt.error !== '' && <p className={styles.error}>{attempt.error}</p>}
          <StageBar stages={attempt.stages} />
        </div>
      )}
    </section>
  );
}

function SpanLink(props: {
  attempt: Attempt;
  message: MessageResponse;
  onSpan: (spanId: string) => void;
}): ReactNode {
  const { attempt, message } = props;
  if (attempt.traceId === message.traceId) {
    return (
      <button type="button" onClick={() => props.onSpan(attempt.spanId)}>
        show span
      </button>
    );
  }
  return (
    <Link
      to="/traces/$traceId"
      params={{ traceId: attempt.traceId }}
      search={{ span: attempt.spanId }}
    >
      its own trace
    </Link>
  );
}

const DISPOSITIONS: Readonly<Record<string, string>> = {
  ack: 'acknowledged',
  ack_confirmed: 'acknowledged, confirmed by the server',
  nak: 'refused: deliver again (nak)',
  term: 'refused for good (term)',
  in_progress: 'asked for more time',
};

function Disposition({ name }: { name: string }): ReactNode {
  return (
    <span className={styles.disposition} title={DISPOSITIONS[name] ?? name} data-kind={name}>
      {name.replace('_', ' ')}
    </span>
  );
}
