import type { Signal } from '@hopline/model';
import type { Journal } from './journal.ts';
import type { IntakeObserver } from './observer.ts';

interface Parts {
  journal: Pick<Journal, 'appendRows'>;
  observer: Pick<IntakeObserver, 'accepted' | 'refused'>;
}

/** Where the monitor hands its rows of one kind; rejects while the journal takes nothing. */
export function rowSink(signal: Signal, { journal, observer }: Parts) {
  return async (rows: readonly object[]): Promise<void> => {
    const outcome = await journal.appendRows(signal, rows);
    if (outcome.status === 'stored') {
      observer.accepted('nats', signal, rows.length);
      return;
    }
    observer.refused('nats', 'retry later', outcome.reason);
    throw new Error(outcome.reason);
  };
}
