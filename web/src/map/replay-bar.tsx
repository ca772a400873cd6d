import { ActionIcon, Button } from '@mantine/core';
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { timeLabel } from '../ui/time-text.tsx';
import styles from './replay-bar.module.css';
import type { ReplayState } from './use-replay.ts';

const DAY_MS = 24 * 3_600_000;

/** Steps through a range: by its buttons, by the slider and its arrow keys, or by itself. */
export function ReplayBar(props: { state: ReplayState; onClose: () => void }): ReactNode {
  const { replay, step, shown, isPlaying, isLoading, play, go } = props.state;
  const isLong = replay.toMs - replay.fromMs > DAY_MS;
  const clock = (ms: number): string => {
    const text = timeLabel(`${Math.round(ms)}000000`, isLong);
    return text.slice(0, text.lastIndexOf('.'));
  };
  const words = `${clock(shown.fromMs)} – ${clock(shown.toMs)}`;
  return (
    <section className={styles.bar} aria-label="Replay">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Step back"
        title="Step back (,)"
        disabled={step === 0}
        onClick={() => go(step - 1)}
      >
        <IconPlayerSkipBack size={16} />
      </ActionIcon>
      <ActionIcon
        variant="light"
        aria-label={isPlaying ? 'Pause the replay' : 'Play'}
        title={isPlaying ? 'Pause (p)' : 'Play (p)'}
        onClick={() => play(!isPlaying)}
      >
        {isPlaying ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Step forward"
        title="Step forward (.)"
        disabled={step === replay.count - 1}
        onClick={() => go(step + 1)}
      >
        <IconPlayerSkipForward size={16} />
      </ActionIcon>
      <span className={styles.end}>{clock(replay.fromMs)}</span>
      <input
        type="range"
        className={styles.slider}
        aria-label="Moment of the replay"
        aria-valuetext={words}
        min={0}
        max={replay.count - 1}
        value={step}
        onChange={(event) => go(Number(event.target.value))}
      />
      <span className={styles.end}>{clock(replay.toMs)}</span>
      <output className={styles.now} data-loading={isLoading || undefined} aria-live="off">
        <strong>{words}</strong>
        <span className="quiet">
          {step + 1} of {replay.count}
        </span>
      </output>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconX size={12} />}
        onClick={props.onClose}
      >
        End replay
      </Button>
    </section>
  );
}
