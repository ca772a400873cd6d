import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './states.module.css';

/** A question that failed, in the server's words, with a way to ask again. */
export function ErrorState(props: {
  title: string;
  error: Error;
  onRetry?: () => void;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className={styles.state} role="alert">
      <IconPlugConnectedX size={28} stroke={1.4} className={styles.danger} aria-hidden />
      <h2>{props.title}</h2>
      <p className={styles.cause}>{props.error.message}</p>
      <div className={styles.body}>{props.children}</div>
      {props.onRetry && (
        <Button variant="default" size="xs" onClick={props.onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
