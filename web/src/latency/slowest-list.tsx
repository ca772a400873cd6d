import type { SlowestResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { useSlowest } from '../api/latency.ts';
import { DurationText, durationLabel } from '../ui/duration-text.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText, timeLabel } from '../ui/time-text.tsx';
import styles from './latency.module.css';
import type { Brush } from './url.ts';

/** The messages behind a stage, or behind the marked part of its heat map, slowest first. */
export function SlowestList(props: {
  slowest: ReturnType<typeof useSlowest>;
  stage: string;
  brush: Brush | null;
  onUnbrush: () => void;
  onCompare: (brush: Brush) => void;
}): ReactNode {
  const { slowest, stage, brush } = props;
  return (
    <section className={styles.figure} aria-label="Slowest messages">
      <div className={styles.caption}>
        <h2>
          {brush ? 'Messages behind the marked part' : 'Slowest messages'}, by <em>{stage}</em>
        </h2>
        {brush && (
          <>
            <span className={styles.marked}>
              {clock(brush.fromMs)} – {clock(brush.toMs)}, {durationLabel(String(brush.minNs))} –{' '}
              {brush.maxNs === null ? 'any' : durationLabel(String(brush.maxNs))}
            </span>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconX size={12} />}
              onClick={props.onUnbrush}
            >
              Unmark
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => props.onCompare(brush)}
              title="Stages of the marked time beside those of the whole range"
            >
              Compare with this time
            </Button>
          </>
        )}
      </div>
      {slowest.isPending ? (
        <LoadingRows rows={5} label="The slowest messages are being looked for" />
      ) : slowest.data === undefined ? (
        <ErrorState
          title="The slowest messages could not be loaded"
          error={slowest.error}
          onRetry={() => void slowest.refetch()}
        />
      ) : slowest.data.deliveries.length === 0 ? (
        <p className={styles.nothing}>
          {brush ? 'No delivery lies in the marked part.' : `No delivery has the stage ${stage}.`}
        </p>
      ) : (
        <Rows deliveries={slowest.data.deliveries} />
      )}
    </section>
  );
}

function Rows({ deliveries }: Pick<SlowestResponse, 'deliveries'>): ReactNode {
  return (
    <div className={styles.tableBox}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th data-number>Took</th>
            <th>Published</th>
            <th>Subject</th>
            <th>From</th>
            <th>To</th>
            <th data-number>Attempt</th>
            <th>Open</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((row) => (
            <tr key={`${row.messageId} ${row.handlerSpanId}`} data-message-id={row.messageId}>
              <td data-number>
                <strong>
                  <DurationText ns={row.duration} />
                </strong>
                {row.provenance !== 'measured' && (
                  <span className={styles.change}>{row.provenance}</span>
                )}
              </td>
              <td>
                <TimeText ns={row.published} />
              </td>
              <td className="mono">{row.subject}</td>
              <td>
                <ServiceName name={row.producer} />
              </td>
              <td>
                <ServiceName name={row.consumer} />
              </td>
              <td data-number>
                {row.attempt}
                {row.failed && (
                  <span className={styles.failed}>
                    <IconAlertTriangle size={12} aria-hidden /> failed
                  </span>
                )}
              </td>
              <td className={styles.open}>
                <Link
                  to="/messages/$messageId"
                  params={{ messageId: row.messageId }}
                  search={row.handlerTraceId === row.traceId ? { span: row.handlerSpanId } : {}}
                >
                  message
                </Link>
                <Link
                  to="/messages/$messageId"
                  params={{ messageId: row.messageId }}
                  search={{ tab: 'logs' }}
                  title="What was logged while it was handled"
                >
                  logs
                </Link>
                <Link
                  to="/traces/$traceId"
                  params={{ traceId: row.handlerTraceId }}
                  search={{ span: row.handlerSpanId }}
                  title="The trace of its handler"
                >
                  trace
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const clock = (ms: number): string => timeLabel(`${Math.round(ms)}000000`, false).slice(0, 8);
