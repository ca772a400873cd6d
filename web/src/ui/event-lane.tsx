import { Button } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { type Bar, barsAt, type Lane, lanesOf } from './event-lanes.ts';
import type { Marker } from './event-words.ts';
import { countLabel } from './number-text.ts';
import styles from './time-chart.module.css';
import { useTimeCursor } from './time-cursor.tsx';
import { TimeFrame } from './time-frame.tsx';
import { clockLabel } from './time-surface.tsx';
import { timeLabel } from './time-text.tsx';
import { TonedWord } from './toned-word.tsx';

const ROW_HEIGHT = 20;
const BAR_HEIGHT = 15;
const LEAST_BAR_HEIGHT = 4;
/** One event is told with all that it says, more are counted. */
const TOLD_EVENTS = 1;

type Counted = Parameters<typeof lanesOf>[0];

const NOTHING: Counted = { step: '1', counts: [] };

/**
 * What happened over time, in a row for each urgency, under the cursor of the graphs; or as a table. It takes its
 * whole room before it is known: the graphs below stay where they are.
 */
export function EventLane(props: {
  /** Undefined while it is on its way. */
  timeline: Counted | undefined;
  /** The newest of them, one by one. */
  events: readonly Marker[];
}): ReactNode {
  const { timeline, events } = props;
  const [isTable, setTable] = useState(false);
  const lanes = useMemo(() => lanesOf(timeline ?? NOTHING), [timeline]);
  const filled = lanes.filter(({ count }) => count > 0);
  const isEmpty = filled.length === 0;
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.happened}>
        <h2>What happened</h2>
        {filled.map(({ tone, label, count }) => (
          <TonedWord key={label} tone={tone}>
            {countLabel(count)} {count === 1 ? label.replace(/s$/, '') : label}
          </TonedWord>
        ))}
        {!isEmpty && (
          <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
            {isTable ? 'Graph' : 'Table'}
          </Button>
        )}
      </figcaption>
      {isTable && !isEmpty ? (
        <BarTable lanes={lanes} />
      ) : (
        <>
          <TimeFrame
            label="What happened"
            height={lanes.length * ROW_HEIGHT}
            valueText={(ms) =>
              wordsAt(lanes, events, ms)
                .map(({ words }) => words)
                .join('; ')
            }
            hidesClock
          >
            {(width) => <Bars lanes={lanes} width={width} />}
          </TimeFrame>
          <p className={styles.told}>
            {isEmpty ? (
              <span className="quiet">
                {timeline ? 'Nothing that anyone told of in this range.' : 'Asking what happened …'}
              </span>
            ) : (
              <Told lanes={lanes} events={events} />
            )}
          </p>
        </>
      )}
    </figure>
  );
}

/** What happened at the time that is pointed at. */
function Told({ lanes, events }: { lanes: readonly Lane[]; events: readonly Marker[] }): ReactNode {
  const { atMs } = useTimeCursor();
  if (atMs === null) {
    return (
      <span className="quiet">
        Point at a time, or use the arrow keys: what happened then stands here. Drag, or Shift and
        Enter, to see a part.
      </span>
    );
  }
  return (
    <>
      <span>{clockLabel(atMs)}</span>
      {wordsAt(lanes, events, atMs).map(({ label, tone, words }) => (
        <TonedWord key={label} tone={tone}>
          {words}
        </TonedWord>
      ))}
    </>
  );
}

/** One thing said for each lane; `nothing` when there is none. */
function wordsAt(
  lanes: readonly Lane[],
  events: readonly Marker[],
  ms: number,
): { label: string; tone: Marker['tone']; words: string }[] {
  const said = barsAt(lanes, ms).map(({ lane: { label, tone }, bar }) => {
    const known =
      bar.count > TOLD_EVENTS ? undefined : events.find((event) => isOf(event, bar, tone));
    return { label, tone, words: known?.label ?? bar.words };
  });
  return said.length > 0 ? said : [{ label: '', tone: 'neutral', words: 'nothing' }];
}

const isOf = (event: Marker, bar: Bar, tone: Marker['tone']): boolean =>
  event.tone === tone && event.x >= Math.floor(bar.fromMs) && event.x <= bar.toMs;

function Bars({ lanes, width }: { lanes: readonly Lane[]; width: number }): ReactNode {
  const { fromMs, toMs } = useTimeCursor();
  const xOf = (ms: number): number =>
    Math.min(1, Math.max(0, (ms - fromMs) / (toMs - fromMs || 1))) * width;
  const most = Math.max(1, ...lanes.flatMap(({ bars }) => bars.map(({ count }) => count)));
  // Logarithmic: one failure beside a thousand is what somebody looks for.
  const heightOf = (count: number): number =>
    LEAST_BAR_HEIGHT + ((BAR_HEIGHT - LEAST_BAR_HEIGHT) * Math.log(count)) / Math.log(most + 1);
  return lanes.map(({ tone, label, bars }, row) => {
    const floor = (row + 1) * ROW_HEIGHT;
    return (
      <g key={label} className={styles.grid}>
        <text x={-8} y={floor - 4} textAnchor="end">
          {label.split(' ', 1) /* The margin has room for one word. */}
        </text>
        <line x1={0} x2={width} y1={floor} y2={floor} />
        {bars.map(({ fromMs: start, toMs: end, count }) => (
          <rect
            key={start}
            className={styles.event}
            data-tone={tone}
            x={xOf(start)}
            y={floor - heightOf(count)}
            width={Math.max(2, xOf(end) - xOf(start) - 1)}
            height={heightOf(count)}
          />
        ))}
      </g>
    );
  });
}

function BarTable({ lanes }: { lanes: readonly Lane[] }): ReactNode {
  const rows = lanes
    .flatMap(({ label, tone, bars }) => bars.map((bar) => ({ label, tone, ...bar })))
    .sort((a, b) => b.fromMs - a.fromMs);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <div className={styles.tableBox} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Events</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, tone, fromMs, toMs, words }) => (
            <tr key={`${fromMs} ${label}`}>
              <td>{timeLabel(`${Math.round(fromMs)}000000`, true).slice(0, 19)}</td>
              <td>{clockLabel(toMs)}</td>
              <td>
                <TonedWord tone={tone}>{words}</TonedWord>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
