import type { LogRecord } from '@hopline/model/api';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef, useState } from 'react';
import { ServiceName } from '../ui/service-name.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './logs.module.css';
import { severityLook } from './severity.ts';

const ROW_HEIGHT_PX = 26;

/** Log records in order of time; a click opens the whole text and the attributes. */
export function LogList(props: {
  records: readonly LogRecord[];
  /** `panel` leaves out the service: the panel is about one. */
  size: 'panel' | 'page';
  /** A way to the span that wrote the record. */
  onSpan?: (spanId: string) => void;
}): ReactNode {
  const { records, size, onSpan } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const virtual = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 20,
  });
  return (
    <div ref={scroller} className={styles.list} data-size={size}>
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const record = records[item.index];
          if (!record) return null;
          const isOpen = openIndex === item.index;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <button
                type="button"
                className={styles.row}
                aria-expanded={isOpen}
                onClick={() => setOpenIndex(isOpen ? null : item.index)}
              >
                <span className={styles.time}>
                  <TimeText ns={record.time} />
                </span>
                <Severity record={record} />
                {size === 'page' && <ServiceName name={record.service} />}
                <span className={styles.body} data-open={isOpen || undefined}>
                  {record.body}
                </span>
              </button>
              {isOpen && <Details record={record} onSpan={onSpan} />}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Severity({ record }: { record: LogRecord }): ReactNode {
  const look = severityLook(record.severityNumber, record.severity);
  return (
    <span className={styles.severity} data-tone={look.tone}>
      {look.label}
    </span>
  );
}

function Details(props: {
  record: LogRecord;
  onSpan: ((spanId: string) => void) | undefined;
}): ReactNode {
  const { record, onSpan } = props;
  const { spanId } = record;
  return (
    <div className={styles.details}>
      <dl>
        {Object.entries(record.attributes).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {spanId !== null && onSpan && (
        <button type="button" onClick={() => onSpan(spanId)}>
          Show the span that wrote this
        </button>
      )}
    </div>
  );
}
