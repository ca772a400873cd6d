import { durationNs, formatDuration } from '@hopline/model';
import type { LogRecord, Span, TraceResponse } from '@hopline/model/api';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Copyable } from '../ui/copyable.tsx';
import { DurationText } from '../ui/duration-text.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { ServiceName } from '../ui/service-name.tsx';
import { PanelSection, SidePanel } from '../ui/side-panel.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { HopFacts } from './hop-facts.tsx';
import { SpanLinks } from './span-links.tsx';
import { type Row, type SpanTree, spanKey } from './span-tree.ts';
import styles from './waterfall.module.css';

/** Everything about one row of the waterfall. */
export function SpanPanel(props: {
  row: Row;
  tree: SpanTree;
  trace: TraceResponse;
  logs: (records: readonly LogRecord[]) => ReactNode;
  onSelect: (row: Row) => void;
  onClose: () => void;
}): ReactNode {
  const { row, tree, trace } = props;
  if (row.item.kind === 'hop') {
    const { hop } = row.item;
    return (
      <SidePanel
        subject={row.key}
        label="Server hop"
        title={`Server ${hop.server}`}
        onClose={props.onClose}
      >
        <HopFacts hop={hop} offsetMs={row.startMs} />
      </SidePanel>
    );
  }
  const { span } = row.item;
  const records = trace.logs.filter(
    (record) => record.spanId === span.spanId && record.traceId === span.traceId,
  );
  return (
    <SidePanel
      subject={row.key}
      label="Span"
      title={
        <>
          <ServiceName name={span.service} />
          <div className={styles.spanName}>{span.name}</div>
        </>
      }
      onClose={props.onClose}
    >
      {span.status === 'ERROR' && (
        <p className={styles.spanError} role="note">
          {span.statusMessage || 'This span ended with an error.'}
        </p>
      )}
      <SpanFacts span={span} row={row} trace={trace} />
      <SpanLinks span={span} tree={tree} onSelect={props.onSelect} />
      <Attributes title="Attributes" attributes={span.attributes} />
      {span.events.length > 0 && (
        <PanelSection title={`Events (${span.events.length})`}>
          {span.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity of their own.
            <div key={index} className={styles.event}>
              <p>
                <strong>{event.name}</strong>{' '}
                <span className="quiet">
                  +{formatDuration(durationNs(String(BigInt(event.time) - BigInt(span.start))))}
                </span>
              </p>
              <KeyValueList rows={Object.entries(event.attributes)} look="mono" />
            </div>
          ))}
        </PanelSection>
      )}
      {records.length > 0 && (
        <PanelSection title={`Logs (${records.length})`}>{props.logs(records)}</PanelSection>
      )}
      <Attributes title="Resource" attributes={span.resource} />
    </SidePanel>
  );
}

function SpanFacts(props: { span: Span; row: Row; trace: TraceResponse }): ReactNode {
  const { span, row } = props;
  const messageId = props.trace.messageIds.find((id) => id === spanKey(span));
  return (
    <PanelSection title="Span">
      <KeyValueList
        rows={
          [
            ['Duration', <DurationText key="duration" ns={span.duration} />],
            [
              'Start',
              <span key="start">
                <TimeText ns={span.start} />{' '}
                <span className="quiet">
                  +{formatDuration(BigInt(Math.round(row.startMs * 1e6)))} into the trace
                </span>
              </span>,
            ],
            ['Kind', span.kind.toLowerCase()],
            ['Status', span.status === 'UNSET' ? 'not set' : span.status.toLowerCase()],
            ...(span.instance ? ([['Instance', span.instance]] as const) : []),
            ['Span id', <Copyable key="id" value={span.spanId} label="span id" />],
            ...(span.parentSpanId
              ? ([
                  ['Parent', <Copyable key="parent" value={span.parentSpanId} label="parent id" />],
                ] as const)
              : []),
            ...(row.attachment === 'missing parent'
              ? ([['', 'The parent is not in this trace: not sampled, late, or lost.']] as const)
              : []),
            ['Scope', span.scope || 'not told'],
            [
              'Message',
              messageId ? (
                <Link key="message" to="/messages/$messageId" params={{ messageId }}>
                  its path
                </Link>
              ) : null,
            ] as const,
          ].filter(([, value]) => value !== null) as (readonly [string, ReactNode])[]
        }
      />
    </PanelSection>
  );
}

function Attributes(props: { title: string; attributes: Record<string, string> }): ReactNode {
  const rows = Object.entries(props.attributes).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) return null;
  return (
    <PanelSection title={`${props.title} (${rows.length})`}>
      <KeyValueList rows={rows} look="mono" />
    </PanelSection>
  );
}
