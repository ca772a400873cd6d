import type { AdvisoryRow, AssetRow, ClusterEventRow, HopRow } from '@hopline/model';
import { waitFor } from '@hopline/testkit';
import { recordSent } from './only-reads.fixture.ts';
import type { ConnectionState } from './transport/connection.ts';
import { type Watch, type WatchOptions, watch } from './watch.ts';

/** A watch whose rows are kept in arrays; its end fails when it sent anything that does not only read. */
export interface Watched extends AsyncDisposable {
  readonly watch: Watch;
  readonly hops: HopRow[];
  readonly advisories: AdvisoryRow[];
  readonly assets: AssetRow[];
  readonly events: ClusterEventRow[];
  readonly states: ConnectionState[];
}

/** Starts watching; with `nats` it resolves once connected. */
export async function watched(options: Partial<WatchOptions>): Promise<Watched> {
  const watching = startWatching(options);
  if (options.nats) {
    await waitFor(() => watching.watch.status().nats.state === 'connected', {
      message: 'the connection',
    });
  }
  return watching;
}

/** Starts watching and waits for nothing. */
export function startWatching(options: Partial<WatchOptions>): Watched {
  const hops: HopRow[] = [];
  const advisories: AdvisoryRow[] = [];
  const assets: AssetRow[] = [];
  const events: ClusterEventRow[] = [];
  const states: ConnectionState[] = [];
  const sent = recordSent();
  const started = startOr(() => sent.stop(), {
    traceSubject: 'hopline.trace',
    onHops: (rows) => void hops.push(...rows),
    onAdvisories: (rows) => void advisories.push(...rows),
    onAssets: (rows) => void assets.push(...rows),
    onEvents: (rows) => void events.push(...rows),
    onState: (state) => void states.push(state),
    ...options,
  });
  return {
    watch: started,
    hops,
    advisories,
    assets,
    events,
    states,
    [Symbol.asyncDispose]: async () => {
      await started[Symbol.asyncDispose]();
      sent.stop();
      sent.assertOnlyReads();
    },
  };
}

function startOr(undo: () => void, options: WatchOptions): Watch {
  try {
    return watch(options);
  } catch (error) {
    undo();
    throw error;
  }
}
