export interface SeverityLook {
  label: string;
  tone: 'danger' | 'warn' | 'info' | 'neutral';
}

/** OpenTelemetry's severity numbers in fours: trace, debug, info, warn, error, fatal; 0 is not told. */
export function severityLook(severityNumber: number, text: string): SeverityLook {
  if (severityNumber >= 21) return { label: 'FATAL', tone: 'danger' };
  if (severityNumber >= 17) return { label: 'ERROR', tone: 'danger' };
  if (severityNumber >= 13) return { label: 'WARN', tone: 'warn' };
  if (severityNumber >= 9) return { label: 'INFO', tone: 'info' };
  if (severityNumber >= 5) return { label: 'DEBUG', tone: 'neutral' };
  if (severityNumber >= 1) return { label: 'TRACE', tone: 'neutral' };
  return { label: text.toUpperCase() || '–', tone: 'neutral' };
}
