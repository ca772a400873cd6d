import type { UnknownPart } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { Banner } from './banner.tsx';
import styles from './states.module.css';

const MOST_NAMED = 3;

/** `hub-1: /jsz: answered 404`: who would have told, and why it did not; the first of many. */
function reasonsOf(unknown: readonly UnknownPart[]): string[] {
  const named = unknown
    .slice(0, MOST_NAMED)
    .map(({ server, reason }) => (server === '' ? reason : `${server}: ${reason}`));
  const more = unknown.length - named.length;
  return more > 0 ? [...named, `and ${more} more`] : named;
}

/** Above a list that may lack something; nothing when all was told. `what` is what is listed. */
export function UnknownBanner(props: {
  what: string;
  unknown: readonly UnknownPart[] | undefined;
}): ReactNode {
  if (!props.unknown?.length) return null;
  return (
    <Banner tone="warn" title={`Not all ${props.what} are known.`}>
      {reasonsOf(props.unknown).join('; ')}
    </Banner>
  );
}

/** In the place of an empty list that is empty because nobody told. */
export function UnknownReasons({ unknown }: { unknown: readonly UnknownPart[] }): ReactNode {
  if (unknown.length === 0) return null;
  return (
    <ul className={styles.reasons}>
      {reasonsOf(unknown).map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  );
}

/** How many there are as the servers tell; nothing known is not 0. */
export const totalText = (
  answer: { total: number; unknown: readonly UnknownPart[] } | undefined,
): string => {
  if (!answer) return '';
  return answer.total === 0 && answer.unknown.length > 0 ? '?' : String(answer.total);
};
