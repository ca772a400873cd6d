import type { LogRecord } from '@hopline/model/api';
import { Select } from '@mantine/core';
import { IconNotesOff, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { filterLogs } from './filter-logs.ts';
import { LogList } from './log-list.tsx';
import styles from './logs.module.css';

const LEVELS = [
  { value: '17', label: 'Errors' },
  { value: '13', label: 'Warnings and worse' },
  { value: '9', label: 'Info and worse' },
];

/** The logs of a trace or message, with filters. They are all at hand, so filtering asks nobody. */
export function LogPanel(props: {
  records: readonly LogRecord[];
  onSpan: (spanId: string) => void;
}): ReactNode {
  const { records } = props;
  const [text, setText] = useState('');
  const [level, setLevel] = useState<string | null>(null);
  const [service, setService] = useState<string | null>(null);
  const services = useMemo(
    () => [...new Set(records.map((record) => record.service))].filter(Boolean).sort(),
    [records],
  );
  const shown = useMemo(
    () => filterLogs(records, { text, service, minSeverity: Number(level ?? 0) }),
    [records, text, service, level],
  );
  if (records.length === 0) {
    return (
      <EmptyState icon={IconNotesOff} title="No log record carries this trace id">
        <p>
          Hopline's Node preload sends the records of pino and console with their trace ids. Any
          other OpenTelemetry logs SDK does too, when it exports over OTLP.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.panel}>
      <div className={styles.filters}>
        <SearchField
          label="Search logs"
          placeholder="Search logs…"
          value={text}
          onChange={setText}
          icon={<IconSearch size={14} />}
          width={240}
        />
        <Select
          size="xs"
          aria-label="Level"
          placeholder="Any level"
          data={LEVELS}
          value={level}
          onChange={setLevel}
          clearable
          w={170}
        />
        <Select
          size="xs"
          aria-label="Service"
          placeholder="Any service"
          data={services}
          value={service}
          onChange={setService}
          clearable
          w={170}
        />
        <span className="quiet">
          {shown.length === records.length
            ? `${records.length} records`
            : `${shown.length} of ${records.length} records`}
        </span>
      </div>
      <LogList records={shown} size="page" onSpan={props.onSpan} />
    </div>
  );
}
