import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconInfoCircle,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Tone } from './fate-look.ts';
import styles from './toned-word.module.css';

const ICONS: Readonly<Record<Tone, Icon>> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  danger: IconCircleX,
  info: IconInfoCircle,
  neutral: IconCircleDashed,
};

/** A state in its colour, with a sign and its word: never colour alone. */
export function TonedWord(props: { tone: Tone; title?: string; children: ReactNode }): ReactNode {
  const Shape = ICONS[props.tone];
  return (
    <span className={styles.word} data-tone={props.tone} title={props.title}>
      <Shape size={14} aria-hidden />
      {props.children}
    </span>
  );
}
