import type { EventTimeline } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { eventTone, eventWords } from '../ui/event-words.ts';
import { countLabel } from '../ui/number-text.ts';
import { TonedWord } from '../ui/toned-word.tsx';
import { kindCounts } from './event-kinds.ts';
import styles from './servers.module.css';

/** The kinds of events of the range with how many there are; those that are chosen are listed. */
export function KindFilter(props: {
  timeline: EventTimeline;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}): ReactNode {
  const { timeline, chosen, onChange } = props;
  return (
    <fieldset aria-label="Kinds of events" className={styles.kinds}>
      {kindCounts(timeline, chosen).map(({ kind, count }) => (
        <button
          key={kind}
          type="button"
          aria-pressed={chosen.includes(kind)}
          onClick={() =>
            onChange(
              chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind],
            )
          }
        >
          <TonedWord tone={eventTone(kind)}>{eventWords(kind)}</TonedWord>
          <span className="quiet">{countLabel(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}
