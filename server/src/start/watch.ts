import { type Watch, watch } from '@hopline/monitor';
import type { Config } from '../config.ts';
import type { Journal } from '../intake/journal.ts';
import type { IntakeObserver } from '../intake/observer.ts';
import { rowSink } from '../intake/row-sink.ts';
import type { Logger } from '../telemetry/logger.ts';

interface Parts {
  journal: Journal;
  observer: IntakeObserver;
  log: Logger;
}

/** Watches the configured NATS servers; what it sees goes into the journal. Starts without any of them. */
export function startWatch(config: Config, { journal, observer, log }: Parts): Watch {
  const { traceSubject, ...nats } = config.nats;
  return watch({
    nats,
    monitor: { ...config.monitor, ...tlsOf(nats) },
    traceSubject,
    onHops: rowSink('hops', { journal, observer }),
    onAdvisories: rowSink('advisories', { journal, observer }),
    onAssets: rowSink('assets', { journal, observer }),
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
