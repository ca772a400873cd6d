import type { LogRecord } from '@hopline/model/api';

export interface LogFilter {
  /** Found in the body or in a value of an attribute, any letter case; '' for all. */
  text: string;
  service: string | null;
  /** OpenTelemetry severity number; 0 for all. */
  minSeverity: number;
}

/** The records that pass every part of the filter, in their order. */
export function filterLogs(records: readonly LogRecord[], filter: LogFilter): LogRecord[] {
  const text = filter.text.toLowerCase();
  return records.filter(
    (record) =>
      record.severityNumber >= filter.minSeverity &&
      (filter.service === null || record.service === filter.service) &&
      (text === '' ||
        record.body.toLowerCase().includes(text) ||
        Object.values(record.attributes).some((value) => value.toLowerCase().includes(text))),
  );
}
