import { IconAlertTriangle, IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { readPreference, writePreference } from '../ui/safe-storage.ts';
import styles from './map.module.css';
import { NODE_LOOK } from './node-look.ts';

const KEY = 'hopline.map-legend';

/** What the shapes and lines mean; folds away, and stays so. */
export function Legend(): ReactNode {
  const [isOpen, setOpen] = useState(() => readPreference(KEY) === 'open');
  const toggle = () => {
    writePreference(KEY, isOpen ? null : 'open');
    setOpen(!isOpen);
  };
  return (
    <div className={styles.legend}>
      <button type="button" aria-expanded={isOpen} onClick={toggle}>
        Legend {isOpen ? <IconChevronDown size={13} /> : <IconChevronUp size={13} />}
      </button>
      {isOpen && (
        <ul>
          {Object.entries(NODE_LOOK).map(([kind, look]) => {
            const Shape = look.icon;
            return (
              <li key={kind}>
                <span className={styles.sample} data-kind={kind}>
                  <Shape size={13} stroke={1.8} aria-hidden />
                </span>
                <strong>{look.label}</strong>
                <span className="quiet">{look.meaning}</span>
              </li>
            );
          })}
          <li>
            <svg width="34" height="10" aria-hidden="true" className={styles.sampleLine}>
              <path d="M1,5H33" strokeWidth="1.5" />
              <path d="M17,5H33" strokeWidth="4" />
            </svg>
            <strong>Line</strong>
            <span className="quiet">
              the thicker, the more messages a second; on it their rate and P99
            </span>
          </li>
          <li>
            <svg width="34" height="10" aria-hidden="true" className={styles.sampleLine} data-error>
              <path d="M1,5H33" strokeWidth="2" />
            </svg>
            <strong>
              <IconAlertTriangle size={12} aria-hidden /> Dashed
            </strong>
            <span className="quiet">some of them ended in an error</span>
          </li>
        </ul>
      )}
    </div>
  );
}
