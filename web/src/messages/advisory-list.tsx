import type { Advisory } from '@hopline/model/api';
import { IconSpeakerphone } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { TimeText } from '../ui/time-text.tsx';
import styles from './message-path.module.css';

const MEANING: Readonly<Record<string, string>> = {
  max_deliver: 'gave up: the most attempts were made',
  nak: 'refused by the consumer',
  terminated: 'refused for good by the consumer',
};

/** What JetStream itself said about this message. */
export function AdvisoryList({ advisories }: { advisories: readonly Advisory[] }): ReactNode {
  if (advisories.length === 0) return null;
  return (
    <ul className={styles.advisories} aria-label="JetStream advisories">
      {advisories.map((advisory) => (
        <li key={`${advisory.time}/${advisory.kind}/${advisory.consumer}/${advisory.deliveries}`}>
          <IconSpeakerphone size={14} aria-hidden />
          <span>
            <code>{advisory.kind}</code> {MEANING[advisory.kind] ?? ''}
            {advisory.consumer !== '' && (
              <>
                {' '}
                · <code>{`${advisory.stream}/${advisory.consumer}`}</code>
              </>
            )}
            {advisory.deliveries > 0 && ` · delivery ${advisory.deliveries}`}
            {advisory.reason !== '' && ` · ${advisory.reason}`}
          </span>
          <span className="quiet">
            <TimeText ns={advisory.time} />
          </span>
        </li>
      ))}
    </ul>
  );
}
