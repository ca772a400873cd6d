import { parseMessageId, parseTraceId } from '@hopline/model';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from './messages.module.css';

/** Whoever pastes an id wants that one thing, of whatever age: a way straight to it. */
export function IdHint({ text }: { text: string }): ReactNode {
  const message = parseMessageId(text);
  const trace = parseTraceId(text);
  if (!message && !trace) return null;
  return (
    <p className={styles.hint}>
      {message ? (
        <Link
          to="/messages/$messageId"
          params={{ messageId: `${message.traceId}-${message.spanId}` }}
        >
          Open message {text} <IconArrowRight size={13} aria-hidden />
        </Link>
      ) : (
        <Link to="/traces/$traceId" params={{ traceId: trace ?? '' }}>
          Open trace {text} <IconArrowRight size={13} aria-hidden />
        </Link>
      )}
    </p>
  );
}
