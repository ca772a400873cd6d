import type { LatencyResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { DurationText, durationLabel } from '../ui/duration-text.tsx';
import { timeLabel } from '../ui/time-text.tsx';
import { valueAxis } from '../ui/value-axis.ts';
import styles from './latency.module.css';
import { highest, type Pile, stackOf } from './stack-layout.ts';
import { Swatch } from './stage-table.tsx';
import { TimeAxis } from './time-axis.tsx';

/** Where the time goes, step by step: the average of every stage, piled up; the same as a table. */
export function StackChart(props: {
  title: string;
  latency: LatencyResponse;
  /** The top of the picture (ns), so that two of them can be compared by eye. */
  maxNs?: number;
}): ReactNode {
  const { latency } = props;
  const [isTable, setTable] = useState(false);
  const [pointed, setPointed] = useState<Pile | null>(null);
  const stack = useMemo(
    () => stackOf(latency, props.maxNs ?? highest(latency)),
    [latency, props.maxNs],
  );
  const { ticks, max, label } = valueAxis(stack.maxNs / 1e9, 'seconds');
  const lines = ticks.map((value) => ({
    label: label(value),
    bottom: `${(value / max) * 100}%`,
  }));
  return (
    <figure className={styles.figure}>
      <figcaption>
        <h2>{props.title}</h2>
        <ul className={styles.legend}>
          {stack.stages.map((stage) => (
            <li key={stage}>
              <Swatch stage={stage} />
              {stage}
            </li>
          ))}
        </ul>
        <Button size="compact-xs" variant="subtle" onClick={() => setTable(!isTable)}>
          {isTable ? 'Picture' : 'Table'}
        </Button>
      </figcaption>
      {isTable ? (
        <StackTable latency={latency} stages={stack.stages} />
      ) : (
        <div className={styles.plot}>
          <div className={styles.axis} aria-hidden="true">
            {lines.map(({ label, bottom }) => (
              <span key={label} style={{ bottom }}>
                {label}
              </span>
            ))}
          </div>
          <div
            className={styles.piles}
            role="img"
            aria-label={`${props.title}: the table has its figures`}
            onPointerLeave={() => setPointed(null)}
          >
            {lines.map(({ label, bottom }) => (
              <i key={label} className={styles.line} style={{ bottom }} />
            ))}
            {stack.piles.map((pile) => (
              <div
                key={pile.time}
                className={styles.pile}
                style={{ left: `${pile.left * 100}%`, width: `${pile.width * 100}%` }}
                onPointerEnter={() => setPointed(pile)}
              >
                {pile.parts.map(({ stage, bottom, height }) => (
                  <span
                    key={stage}
                    style={{
                      bottom: `${bottom * 100}%`,
                      height: `${height * 100}%`,
                      background: `var(--stage-${stage})`,
                    }}
                  />
                ))}
              </div>
            ))}
            {pointed && <Pointed pile={pointed} />}
          </div>
          <TimeAxis from={latency.from} to={latency.to} />
        </div>
      )}
    </figure>
  );
}

function Pointed({ pile }: { pile: Pile }): ReactNode {
  return (
    <div
      className={styles.tip}
      style={
        pile.left > 0.5
          ? { right: `${(1 - pile.left) * 100}%` }
          : { left: `${(pile.left + pile.width) * 100}%` }
      }
    >
      <strong>{timeLabel(pile.time, false).slice(0, 8)}</strong>
      <dl>
        {pile.parts.toReversed().map(({ stage, ns }) => (
          <div key={stage}>
            <dt>
              <Swatch stage={stage} />
              {stage}
            </dt>
            <dd>{durationLabel(ns)}</dd>
          </div>
        ))}
        <div>
          <dt>P99 of the total</dt>
          <dd>{durationLabel(pile.p99)}</dd>
        </div>
        <div>
          <dt>deliveries</dt>
          <dd>{pile.count.toLocaleString('en')}</dd>
        </div>
      </dl>
    </div>
  );
}

function StackTable(props: {
  latency: LatencyResponse;
  stages: ReturnType<typeof stackOf>['stages'];
}): ReactNode {
  return (
    <div className={styles.tableBox} data-scroll>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>Time</th>
            <th data-number>Deliveries</th>
            {props.stages.map((stage) => (
              <th key={stage} data-number>
                {stage}
              </th>
            ))}
            <th data-number>total, average</th>
            <th data-number>total, P99</th>
          </tr>
        </thead>
        <tbody>
          {props.latency.series.toReversed().map(({ time, count, averages, p99 }) => (
            <tr key={time}>
              <td>{timeLabel(time, true).slice(0, 19)}</td>
              <td data-number>{count.toLocaleString('en')}</td>
              {props.stages.map((stage) => (
                <td key={stage} data-number>
                  <DurationText ns={averages[stage] ?? null} />
                </td>
              ))}
              <td data-number>
                <DurationText ns={averages.total ?? null} />
              </td>
              <td data-number>
                <DurationText ns={p99} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
