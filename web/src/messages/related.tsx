import type { MessageResponse } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { FateBadge } from '../ui/fate-badge.tsx';
import styles from './message-path.module.css';
import { OffsetText } from './offset-text.tsx';

const MAX_ROWS = 8;

/** What this message set off: the messages published while it was handled. */
export function Related({ message }: { message: MessageResponse }): ReactNode {
  const { causes } = message;
  if (causes.length === 0) return null;
  const rest = causes.length - MAX_ROWS;
  return (
    <section className={styles.related} aria-label="Messages that this one caused">
      <h2>What it caused</h2>
      <ul>
        {causes.slice(0, MAX_ROWS).map((cause) => (
          <li key={cause.id}>
            <span className="quiet">
              <OffsetText from={message.time} to={cause.time} />
            </span>
            <Link to="/messages/$messageId" params={{ messageId: cause.id }} className="ellipsis">
              {cause.subject}
            </Link>
            <FateBadge fate={cause.outcome} quiet />
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="quiet">and {rest} more, in the trace below</p>}
    </section>
  );
}
