import { type NatsSettings, type Watch, watch } from '@hopline/monitor';
import type { Config } from '../config.ts';
import type { HopExporter } from '../export/hop-exporter.ts';
import type { Journal } from '../intake/journal.ts';
import type { IntakeObserver } from '../intake/observer.ts';
import { rowSink } from '../intake/row-sink.ts';
import type { Database } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { withExport } from './hop-export.ts';
import { spanTimes } from './span-times.ts';

interface Parts {
  database: Database;
  journal: Journal;
  observer: IntakeObserver;
  log: Logger;
  hopExport?: HopExporter | undefined;
}

/** Watches the configured NATS servers; what it sees goes into the journal. Starts without any of them. */
export function startWatch(
  config: Config,
  { database, journal, observer, log, hopExport }: Parts,
): Watch {
  const { traceSubject, latencySubjects, system, ...nats } = config.nats;
  const { maxSeries, ...monitor } = config.monitor;
  return watch({
    nats,
    system: systemOf(config.nats),
    monitor: { ...monitor, ...tlsOf(nats) },
    maxSeries,
    traceSubject,
    latencySubjects,
    spanTimes: spanTimes(database),
    onHops: withExport(rowSink('hops', { journal, observer }), hopExport),
    onAdvisories: rowSink('advisories', { journal, observer }),
    onAssets: rowSink('assets', { journal, observer }),
    onEvents: rowSink('events', { journal, observer }),
    log,
  });
}

const tlsOf = ({
  tlsCa,
  tlsCert,
  tlsKey,
}: Pick<Config['nats'], 'tlsCa' | 'tlsCert' | 'tlsKey'>) => ({
  tlsCa,
  tlsCert,
  tlsKey,
});

/** The same servers under a user of the system account; undefined when none is given. */
function systemOf({ system, ...nats }: Config['nats']): NatsSettings | undefined {
  const { creds, nkeySeed, user } = system;
  if (creds === undefined && nkeySeed === undefined && user === undefined) return undefined;
  return { servers: nats.servers, ...tlsOf(nats), ...system };
}
