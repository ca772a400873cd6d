import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './shell.module.css';

/** A button of the navigation rail that opens something instead of leading somewhere. */
export function RailButton(props: {
  icon: Icon;
  label: string;
  title: string;
  onClick: () => void;
}): ReactNode {
  const Shape = props.icon;
  return (
    <button
      type="button"
      className={styles.item}
      onClick={props.onClick}
      title={props.title}
      aria-label={props.title}
    >
      <Shape size={19} stroke={1.6} aria-hidden />
      <span>{props.label}</span>
    </button>
  );
}
