import { Button, Popover } from '@mantine/core';
import { IconChevronDown, IconClock, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { isQuickRange, QUICK_RANGES, type TimeRange } from '../api/time-range.ts';
import styles from './time-range-picker.module.css';

type LiveLook = 'live' | 'connecting' | 'broken' | 'paused';

const LIVE_TEXT: Readonly<Record<LiveLook, string>> = {
  live: 'Live',
  connecting: 'Connecting',
  broken: 'Reconnecting',
  paused: 'Paused',
};

/** Which stretch of time is shown, and whether it follows the clock. */
export function TimeRangePicker(props: {
  range: TimeRange;
  live: LiveLook;
  onRange: (range: TimeRange) => void;
  onLive: (isOn: boolean) => void;
}): ReactNode {
  const { range, live } = props;
  const [isOpen, setOpen] = useState(false);
  const choose = (next: TimeRange) => {
    setOpen(false);
    props.onRange(next);
  };
  return (
    <div className={styles.picker}>
      {range.kind === 'last' && (
        <Button
          variant="default"
          size="xs"
          className={styles.live}
          data-live={live}
          aria-pressed={live !== 'paused'}
          title={live === 'paused' ? 'Follow new messages' : 'Stop following new messages'}
          leftSection={
            live === 'paused' ? <IconPlayerPlay size={13} /> : <span className={styles.pulse} />
          }
          rightSection={live === 'paused' ? null : <IconPlayerPause size={12} />}
          onClick={() => props.onLive(live === 'paused')}
        >
          {LIVE_TEXT[live]}
        </Button>
      )}
      <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconClock size={14} />}
            rightSection={<IconChevronDown size={13} />}
            aria-label={`Time range: ${rangeLabel(range)}`}
            onClick={() => setOpen(!isOpen)}
          >
            {rangeLabel(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={6}>
          <QuickList range={range} onRange={choose} />
          <FixedRange range={range} onRange={choose} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

interface ChoiceProps {
  range: TimeRange;
  onRange: (range: TimeRange) => void;
}

function QuickList({ range, onRange }: ChoiceProps): ReactNode {
  return (
    <div className={styles.quick}>
      {Object.entries(QUICK_RANGES).map(([key, quick]) => (
        <button
          key={key}
          type="button"
          aria-current={range.kind === 'last' && range.key === key}
          onClick={() => isQuickRange(key) && onRange({ kind: 'last', key })}
        >
          {quick.label}
        </button>
      ))}
    </div>
  );
}

function FixedRange({ range, onRange }: ChoiceProps): ReactNode {
  const nowMs = Date.now();
  const initial =
    range.kind === 'between' ? range : { fromMs: nowMs - QUICK_RANGES[range.key].ms, toMs: nowMs };
  const [from, setFrom] = useState(localInput(initial.fromMs));
  const [to, setTo] = useState(localInput(initial.toMs));
  const fromMs = new Date(from).getTime();
  const toMs = new Date(to).getTime();
  const isValid = fromMs < toMs;
  return (
    <form
      className={styles.fixed}
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onRange({ kind: 'between', fromMs, toMs });
      }}
    >
      <label>
        From
        <input
          type="datetime-local"
          step="1"
          value={from}
          onChange={(e) => setFrom(e.target.value)}
        />
      </label>
      <label>
        To
        <input type="datetime-local" step="1" value={to} onChange={(e) => setTo(e.target.value)} />
      </label>
      {!isValid && <p role="alert">The start must be before the end.</p>}
      <Button type="submit" size="xs" disabled={!isValid}>
        Show this range
      </Button>
    </form>
  );
}

function rangeLabel(range: TimeRange): string {
  if (range.kind === 'last') return QUICK_RANGES[range.key].label;
  const text = (ms: number): string => localInput(ms).replace('T', ' ');
  const [from, to] = [text(range.fromMs), text(range.toMs)];
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}

/** As `datetime-local` takes it: the reader's zone, to the second. */
function localInput(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19);
}
