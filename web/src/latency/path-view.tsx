import type { LatencyResponse } from '@hopline/model/api';
import { SegmentedControl } from '@mantine/core';
import { IconClockOff } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { isTimeout } from '../api/errors.ts';
import { type PathFilter, rangeBefore, useLatency, useSlowest } from '../api/latency.ts';
import type { TimeRange } from '../api/time-range.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { CompareMenu } from './compare-menu.tsx';
import { HeatMap } from './heat-map.tsx';
import styles from './latency.module.css';
import { SlowestList } from './slowest-list.tsx';
import { StackChart } from './stack-chart.tsx';
import { highest } from './stack-layout.ts';
import { StageTable } from './stage-table.tsx';
import { type Brush, brushOf, comparedRange, type LatencySearch, searchOfBrush } from './url.ts';

interface ViewProps {
  path: PathFilter;
  range: TimeRange;
  search: LatencySearch;
  change: (changed: LatencySearch) => void;
}

/** One path: its stages, over time, as a heat map, and the messages behind it all. */
export function PathView(props: ViewProps): ReactNode {
  const { path, range, search, change } = props;
  const stage = search.stage ?? 'total';
  const latency = useLatency(path, range, { stage });
  const { other, label } = useCompared(props);
  if (latency.isPending) return <LoadingRows rows={12} label="The stages are being counted" />;
  if (latency.data === undefined) {
    return (
      <ErrorState
        title="The stages could not be loaded"
        error={latency.error}
        onRetry={() => void latency.refetch()}
      >
        {isTimeout(latency.error) && <p>A shorter time range is answered sooner.</p>}
      </ErrorState>
    );
  }
  const { data } = latency;
  if (data.stages.length === 0 && data.redeliveries.length === 0) {
    return (
      <EmptyState icon={IconClockOff} title="No delivery of this path in this time range">
        <p>Choose a longer range, or drop a part of the path above to see more of them.</p>
      </EmptyState>
    );
  }
  const isAgain = search.attempts === 're';
  const than = other.data && (isAgain ? other.data.redeliveries : other.data.stages);
  return (
    <>
      <section className={styles.figure} aria-label="Stages of the path">
        <div className={styles.caption}>
          <h2>Where the time goes</h2>
          {data.redeliveries.length > 0 && (
            <SegmentedControl
              size="xs"
              aria-label="Attempts"
              value={isAgain ? 're' : 'first'}
              onChange={(value) => change({ attempts: value === 're' ? 're' : undefined })}
              data={[
                { value: 'first', label: 'First attempts' },
                { value: 're', label: 'Redeliveries' },
              ]}
            />
          )}
          <CompareMenu
            search={search}
            range={range}
            change={change}
            label={label}
            isLoading={label !== null && other.isPending}
            error={other.error}
          />
        </div>
        <StageTable
          stages={isAgain ? data.redeliveries : data.stages}
          than={label === null ? undefined : than}
          selected={stage}
          onSelect={(name) =>
            change({ stage: name === 'total' ? undefined : name, ...searchOfBrush(null) })
          }
        />
      </section>
      <Stacks latency={data} other={label === null ? undefined : other.data} label={label} />
      <Behind {...props} latency={data} />
    </>
  );
}

/** The same pictures of what is compared with, on the same scale. */
function Stacks(props: {
  latency: LatencyResponse;
  other: LatencyResponse | undefined;
  label: string | null;
}): ReactNode {
  const { latency, other, label } = props;
  const maxNs = Math.max(highest(latency), other ? highest(other) : 0);
  return (
    <div className={styles.pair} data-two={other !== undefined || undefined}>
      <StackChart title="Average by stage over time" latency={latency} maxNs={maxNs} />
      {other && <StackChart title={`Compared: ${label ?? ''}`} latency={other} maxNs={maxNs} />}
    </div>
  );
}

function Behind(props: ViewProps & { latency: LatencyResponse }): ReactNode {
  const { path, range, search, change, latency } = props;
  const { at, until, min, max } = search;
  const stage = search.stage ?? 'total';
  const brush = useMemo(() => brushOf({ at, until, min, max }), [at, until, min, max]);
  const slowest = useSlowest(
    path,
    brush ? { kind: 'between', fromMs: brush.fromMs, toMs: brush.toMs } : range,
    {
      stage,
      attempts: search.attempts === 're' ? 'all' : 'first',
      ...(brush ? { min: String(brush.minNs) } : {}),
      ...(brush?.maxNs ? { max: String(brush.maxNs) } : {}),
    },
  );
  const onBrush = (marked: Brush | null) => change(searchOfBrush(marked));
  return (
    <>
      <HeatMap latency={latency} brush={brush} onBrush={onBrush} />
      <SlowestList
        slowest={slowest}
        stage={stage}
        brush={brush}
        onUnbrush={() => onBrush(null)}
        onCompare={({ fromMs, toMs }) =>
          change({
            vs: undefined,
            vsConsumer: undefined,
            vsFrom: String(Math.floor(fromMs)),
            vsTo: String(Math.ceil(toMs)),
          })
        }
      />
    </>
  );
}

/** The other side of a comparison and its name; without one the name is null and nothing is asked. */
function useCompared(props: ViewProps): {
  other: ReturnType<typeof useLatency>;
  label: string | null;
} {
  const { path, range, search } = props;
  const { vs, vsConsumer } = search;
  const fixed = comparedRange(search);
  const otherRange = fixed ?? (vs === 'before' ? rangeBefore(range, roundedNow()) : range);
  const label = fixed
    ? 'the marked time'
    : vs === 'before'
      ? 'the range before'
      : vsConsumer
        ? `the consumer ${vsConsumer}`
        : null;
  const otherPath = vsConsumer && !fixed && !vs ? { ...path, consumer: vsConsumer } : path;
  const other = useLatency(otherPath, otherRange, { isEnabled: label !== null });
  return { other, label };
}

/** A range that moves every millisecond would be another question every time the page is drawn. */
const ROUND_MS = 30_000;
const roundedNow = (): number => Math.floor(Date.now() / ROUND_MS) * ROUND_MS;
