import type { Signal } from '@hopline/model';
import type { StatusResponse } from '@hopline/model/api';
import type { Watch } from '@hopline/monitor';
import type { Admission } from '../intake/admit.ts';
import type { Journal } from '../intake/journal.ts';
import type { SetAside } from '../intake/set-aside.ts';
import type { Readiness } from '../telemetry/health.ts';
import { readiness } from '../telemetry/health.ts';
import type { IntakeMetrics } from '../telemetry/intake-metrics.ts';
import type { Labels, Metrics } from '../telemetry/metrics.ts';
import type { OpenStore } from './store.ts';

export interface StatusParts {
  version: string;
  startedAtMs: number;
  otlp: StatusResponse['otlp'];
  store: OpenStore;
  journal: Journal;
  setAside: SetAside;
  intake: IntakeMetrics;
  admission: Admission;
  watch: Watch;
}

/** What the server tells of itself: the status resource, `/readyz`, gauges. */
export class ServerStatus {
  readonly #parts: StatusParts;
  #isClosing = false;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  /** From now on `/readyz` says that this server goes away. */
  close(): void {
    this.#isClosing = true;
  }

  status(): StatusResponse {
    const { version, startedAtMs, otlp, store, intake } = this.#parts;
    const { accepted, rejected } = intake.totals;
    return {
      version,
      startedAt: `${BigInt(startedAtMs) * 1_000_000n}`,
      otlp,
      ...this.#watched(),
      store: { state: this.#storeState(), engine: store.database.engine },
      journal: this.#journal(),
      accepted: {
        spans: accepted.traces,
        logs: accepted.logs,
        metrics: accepted.metrics,
        hops: accepted.hops,
        advisories: accepted.advisories,
      },
      rejected: { spans: rejected.traces, logs: rejected.logs, metrics: rejected.metrics },
    };
  }

  readiness(): Readiness {
    const { store } = this.#parts;
    return readiness({
      doors: this.#isClosing ? 'closing' : 'open',
      store: {
        state: store.database.state,
        engine: store.database.engine,
        schema: store.isMigrated() ? 'ready' : 'waiting',
        error: store.error(),
      },
      journal: this.#journal(),
      ...this.#watched(),
    });
  }

  /** A store without its tables answers nothing: for a user it is still starting. */
  #storeState(): StatusResponse['store']['state'] {
    const { store } = this.#parts;
    const { state } = store.database;
    return state === 'ready' && !store.isMigrated() ? 'starting' : state;
  }

  #watched(): Pick<StatusResponse, 'nats' | 'monitor'> {
    const { nats, monitor } = this.#parts.watch.status();
    return { nats, monitor };
  }

  #journal(): StatusResponse['journal'] {
    const { journal, setAside } = this.#parts;
    return { ...journal.stats, setAside: setAside.count };
  }
}

const STORE_STATES = ['starting', 'ready', 'down'] as const;
const NATS_STATES = ['not configured', 'connecting', 'connected', 'disconnected'] as const;

/** Figures that are read when `/metrics` is. */
export function registerGauges(metrics: Metrics, parts: StatusParts): void {
  const { journal, setAside, admission, store, watch } = parts;
  metrics.gauge('hopline_journal_bytes', 'Bytes on disk that are not in the store yet.', () => [
    [{ state: 'open' }, journal.stats.openBytes],
    [{ state: 'sealed' }, journal.stats.sealedBytes],
  ]);
  metrics.gauge(
    'hopline_journal_max_bytes',
    'Past it the answer is "retry later".',
    () => journal.maxBytes,
  );
  metrics.gauge(
    'hopline_journal_sealed_segments',
    'Batches that wait for the store.',
    () => journal.stats.sealedSegments,
  );
  metrics.gauge('hopline_journal_set_aside', 'Records kept aside.', () => setAside.count);
  metrics.gauge(
    'hopline_intake_in_flight_bytes',
    'Bytes of requests not answered yet.',
    () => admission.inFlightBytes,
  );
  metrics.gauge('hopline_store_state', '1 for the state the engine is in.', () =>
    oneOf(STORE_STATES, store.database.state),
  );
  metrics.gauge('hopline_nats_state', '1 for the state of the NATS connection.', () =>
    oneOf(NATS_STATES, watch.status().nats.state),
  );
  metrics.gauge('hopline_monitor_up', '1 for a monitoring URL that answers.', () =>
    watch.status().monitor.map(({ url, up }): [Labels, number] => [{ url }, up ? 1 : 0]),
  );
  metrics.counted(
    'hopline_watch_dropped_rows_total',
    'Rows the journal could not take in time.',
    () => watched(watch),
  );
}

const oneOf = (states: readonly string[], now: string): [Labels, number][] =>
  states.map((state) => [{ state }, state === now ? 1 : 0]);

function watched(watch: Watch): [Labels, number][] {
  const { hops, advisories, assets, events } = watch.status().rows;
  const dropped: Partial<Record<Signal, number>> = {
    hops: hops.dropped,
    advisories: advisories.dropped,
    assets: assets.dropped,
    events: events.dropped,
  };
  return Object.entries(dropped).map(([signal, count]) => [{ signal }, count]);
}
