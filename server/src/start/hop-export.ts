import type { HopRow } from '@hopline/model';
import type { Config } from '../config.ts';
import { HopExporter } from '../export/hop-exporter.ts';
import type { IntakeObserver } from '../intake/observer.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 30_000;
/** Trace events of one message come within milliseconds; a leaf node far away takes longer. */
const SETTLE_MS = 2_000;

interface Parts {
  metrics: Metrics;
  observer: Pick<IntakeObserver, 'trouble'>;
}

/** The export of server hops; undefined when no receiver is configured. */
export function startHopExport(
  config: Config['export'],
  { metrics, observer }: Parts,
): HopExporter | undefined {
  if (config.otlpEndpoint === undefined) return undefined;
  const spans = metrics.counter(
    'hopline_export_spans_total',
    'Spans of servers by what became of them: sent, refused by the receiver, dropped as the queue was full.',
  );
  return new HopExporter({
    endpoint: config.otlpEndpoint,
    headers: Object.fromEntries(config.otlpHeaders.map(headerOf)),
    maxQueued: config.maxQueued,
    settleMs: SETTLE_MS,
    timeoutMs: TIMEOUT_MS,
    firstWaitMs: FIRST_WAIT_MS,
    lastWaitMs: LAST_WAIT_MS,
    onOutcome: (outcome, count) => spans.add({ outcome }, count),
    onTrouble: observer.trouble,
  });
}

/** `name=value`, as in OTEL_EXPORTER_OTLP_HEADERS. */
function headerOf(text: string): [string, string] {
  const cut = text.indexOf('=');
  return [text.slice(0, cut), text.slice(cut + 1)];
}

/** Where hops go: into the journal, and from there on to whom they are exported. */
export function withExport(
  sink: (rows: readonly HopRow[]) => Promise<void>,
  exporter: HopExporter | undefined,
): (rows: readonly HopRow[]) => Promise<void> {
  if (!exporter) return sink;
  return async (rows) => {
    // Rows that the journal does not take come again.
    await sink(rows);
    exporter.take(rows);
  };
}
