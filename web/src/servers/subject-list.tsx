import type { ReactNode } from 'react';
import { MiddleText } from '../ui/middle-text.tsx';
import styles from './servers.module.css';

/** Inboxes and what is the system's own tell least of a client. */
const INNER = /^[_$]/;

/** The first subject of a client's own, and how many there are beside it. */
export function SubjectList({ subjects }: { subjects: readonly string[] }): ReactNode {
  const first = subjects.find((subject) => !INNER.test(subject)) ?? subjects[0];
  if (first === undefined) return <span className="quiet">–</span>;
  return (
    <span className={styles.subjects} title={subjects.join(', ')}>
      <MiddleText text={first} />
      {subjects.length > 1 && <span className="quiet">+{subjects.length - 1}</span>}
    </span>
  );
}
