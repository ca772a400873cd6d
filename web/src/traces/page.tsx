import type { LogRecord, TraceResponse } from '@hopline/model/api';
import { Button } from '@mantine/core';
import { IconRefresh, IconRouteOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { isRefused } from '../api/errors.ts';
import { useTrace } from '../api/trace.ts';
import { Copyable } from '../ui/copyable.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { LoadingRows } from '../ui/loading-rows.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { Waterfall } from './waterfall.tsx';

interface TraceProps {
  traceId: string;
  selectedSpanId: string | undefined;
  onSelect: (spanId: string | undefined) => void;
  logs: (records: readonly LogRecord[]) => ReactNode;
}

/** One trace on a page of its own. */
export function TracePage(
  props: TraceProps & {
    links: (trace: TraceResponse) => ReactNode;
    /** Shown in place of the waterfall; null for the waterfall. */
    instead: ReactNode;
  },
): ReactNode {
  const trace = useTrace(props.traceId);
  return (
    <>
      <PageHeader
        title="Trace"
        name={`Trace ${props.traceId.slice(0, 8)}`}
        end={
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={13} />}
            onClick={() => void trace.refetch()}
          >
            Reload
          </Button>
        }
      >
        <Copyable value={props.traceId} label="trace id" />
        {trace.data && (
          <span className="quiet">
            <TimeText ns={trace.data.start} withDate />
          </span>
        )}
        {trace.data && props.links(trace.data)}
      </PageHeader>
      {props.instead ?? <TraceBody {...props} size="page" />}
    </>
  );
}

/** A trace's waterfall with its own loading and failing, for a page that shows more than it. */
export function TraceBody(props: TraceProps & { size: 'page' | 'section' }): ReactNode {
  const trace = useTrace(props.traceId);
  if (trace.isPending) return <LoadingRows rows={10} label="The trace is being loaded" />;
  if (trace.data === undefined) {
    if (isRefused(trace.error)) {
      return (
        <EmptyState icon={IconRouteOff} title="This is not the id of a trace">
          <p>
            An id is 32 hexadecimal digits, as in the second part of a <code>traceparent</code>.
          </p>
        </EmptyState>
      );
    }
    return (
      <ErrorState
        title="The trace could not be loaded"
        error={trace.error}
        onRetry={() => void trace.refetch()}
      />
    );
  }
  if (trace.data === null) {
    return (
      <EmptyState icon={IconRouteOff} title="No span of this trace has arrived (yet)">
        <p>
          It shows up here by itself when one does. Otherwise it was not sampled, or is older than
          what is kept.
        </p>
      </EmptyState>
    );
  }
  return (
    <Waterfall
      key={trace.data.traceId}
      trace={trace.data}
      selectedSpanId={props.selectedSpanId}
      onSelect={props.onSelect}
      logs={props.logs}
      size={props.size}
    />
  );
}
