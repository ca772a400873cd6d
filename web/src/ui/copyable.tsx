import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './copyable.module.css';

/** An id in a fixed-width font that a click copies whole; `shorten` shows only its first characters. */
export function Copyable(props: {
  value: string;
  /** What it is, for the accessible name: `trace id`. */
  label: string;
  shorten?: number;
}): ReactNode {
  const { value, label, shorten } = props;
  const clipboard = useClipboard({ timeout: 1200 });
  const text = shorten && value.length > shorten ? `${value.slice(0, shorten)}…` : value;
  return (
    <button
      type="button"
      className={styles.copyable}
      onClick={() => clipboard.copy(value)}
      aria-label={`Copy ${label} ${value}`}
      title={clipboard.copied ? 'Copied' : `${value} (click to copy)`}
    >
      <span className="ellipsis">{text}</span>
      {clipboard.copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
    </button>
  );
}
