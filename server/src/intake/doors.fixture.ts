import { type TempDir, tempDir } from '@hopline/testkit';
import { Admission, type AdmissionLimits } from './admit.ts';
import { openJournal, recordingObserver, takeAll } from './journal.fixture.ts';
import type { Journal, JournalOptions } from './journal.ts';
import type { IntakeObserver } from './observer.ts';

/** What a door needs, with a real journal in a folder of its own. */
export interface DoorParts extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly journal: Journal;
  readonly admission: Admission;
  readonly observer: IntakeObserver;
  readonly told: unknown[][];
  /** Items in the journal, by signal. */
  items(): Promise<Record<string, number>>;
}

interface Options {
  limits?: Partial<AdmissionLimits>;
  journal?: Partial<JournalOptions>;
}

const LIMITS: AdmissionLimits = {
  maxRequestBytes: 1_000_000,
  maxJsonBytes: 100_000,
  maxInFlightBytes: 4_000_000,
  retentionSeconds: 86_400,
  maxFutureSeconds: 3600,
};

export async function doorParts(options: Options = {}): Promise<DoorParts> {
  const folder: TempDir = await tempDir('door');
  const journal = await openJournal(folder.path, options.journal);
  const { observer, told } = recordingObserver();
  const admission = new Admission({ journal, observer, limits: { ...LIMITS, ...options.limits } });
  return {
    host: '127.0.0.1',
    port: 0,
    journal,
    admission,
    observer,
    told,
    async items() {
      await journal.seal();
      const counts: Record<string, number> = {};
      for (const { signal, items } of await takeAll(journal)) {
        counts[signal] = (counts[signal] ?? 0) + items;
      }
      return counts;
    },
    async [Symbol.asyncDispose]() {
      await journal[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
