import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Signal } from '@hopline/model';
import { JournalFile } from './journal-file.ts';
import { OPEN_SUFFIX, type SealedSegment, sealedName } from './segments.ts';

/** `stored`: it survives the death of this process. `retry`: nothing was kept. */
export type AppendOutcome = { status: 'stored' } | { status: 'retry'; reason: string };

export interface LaneOptions {
  signal: Signal;
  folder: string;
  /** A segment is sealed once it has so many items ... */
  segmentItems: number;
  /** ... or so many bytes ... */
  segmentBytes: number;
  /** ... or is so old, and no older segment of this lane waits for the store. */
  segmentAgeMs: number;
  fsync: boolean;
  onSealed: (segment: SealedSegment) => void;
  onTrouble: (what: string, error: unknown) => void;
}

interface Append {
  chunks: readonly Uint8Array[];
  sizeBytes: number;
  items: number;
  done: (outcome: AppendOutcome) => void;
}

/** Chunks of one writev: below the kernel's IOV_MAX of 1024, two a request. */
const MAX_GROUP = 500;

const run = randomBytes(4).toString('hex');
let sequence = 0;

/** Sorts by time, never comes twice: the engine knows inserted segments by it. */
function segmentId(): string {
  sequence = (sequence + 1) % 100_000;
  return `${Date.now()}-${sequence.toString().padStart(5, '0')}-${run}`;
}

/**
 * The journal of one signal: an open segment that appends go to in groups (all that came while the last
 * write ran share the next one). One writer; appends keep their order.
 */
export class JournalLane {
  readonly #options: LaneOptions;
  #queue: Append[] = [];
  #file: JournalFile | null = null;
  #id = '';
  #items = 0;
  #sealDue = false;
  /** Sealed segments of this lane that are not stored yet. */
  #waiting: number;
  #isOverdue = false;
  #age: NodeJS.Timeout | null = null;
  #pump: Promise<void> | null = null;

  /** `waiting`: sealed segments that an earlier run left. */
  constructor(options: LaneOptions, waiting: number) {
    this.#options = options;
    this.#waiting = waiting;
  }

  get openBytes(): number {
    return this.#file?.sizeBytes ?? 0;
  }

  append(chunks: readonly Uint8Array[], sizeBytes: number, items: number): Promise<AppendOutcome> {
    return new Promise((done) => {
      this.#queue.push({ chunks, sizeBytes, items, done });
      this.#start();
    });
  }

  /** Everything appended so far is in a sealed segment afterwards (or still open: the disk is broken). */
  async seal(): Promise<void> {
    this.#sealDue = true;
    this.#start();
    await this.#pump;
  }

  /**
   * A sealed segment of this lane is stored. An insert costs about the same for one item as for
   * thousands, so a store that falls behind is given larger segments, not more of them.
   */
  stored(): void {
    this.#waiting--;
    if (this.#waiting > 0 || !this.#isOverdue) return;
    this.#sealDue = true;
    this.#start();
  }

  #start(): void {
    this.#pump ??= this.#drain();
  }

  async #drain(): Promise<void> {
    await nextTick();
    while (this.#queue.length > 0 || this.#sealDue) {
      if (this.#queue.length > 0) await this.#commit(this.#takeGroup());
      if (this.#isFull() || this.#sealDue) await this.#sealFile();
    }
    this.#pump = null;
  }

  /** The next appends that fit the open segment; at least one. */
  #takeGroup(): Append[] {
    const { segmentBytes, segmentItems } = this.#options;
    let bytes = this.openBytes;
    let items = this.#items;
    let count = 0;
    for (const append of this.#queue) {
      if (count === MAX_GROUP || (count > 0 && (bytes >= segmentBytes || items >= segmentItems))) {
        break;
      }
      bytes += append.sizeBytes;
      items += append.items;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(group: Append[]): Promise<void> {
    let outcome: AppendOutcome = { status: 'stored' };
    try {
      this.#file ??= await this.#open();
      await this.#file.append(group.flatMap((append) => append.chunks));
      for (const append of group) this.#items += append.items;
    } catch (error) {
      this.#options.onTrouble(`cannot write the journal of ${this.#options.signal}`, error);
      outcome = { status: 'retry', reason: `cannot write the journal: ${messageOf(error)}` };
    }
    for (const append of group) append.done(outcome);
  }

  async #open(): Promise<JournalFile> {
    this.#id = segmentId();
    this.#items = 0;
    const path = join(this.#options.folder, `${this.#id}${OPEN_SUFFIX}`);
    const file = await JournalFile.create(path, this.#options.fsync);
    this.#sealLater();
    return file;
  }

  #isFull(): boolean {
    const { segmentBytes, segmentItems } = this.#options;
    return this.#items >= segmentItems || this.openBytes >= segmentBytes;
  }

  async #sealFile(): Promise<void> {
    this.#sealDue = false;
    this.#isOverdue = false;
    const file = this.#file;
    if (file === null) return;
    const { signal, folder, onSealed, onTrouble } = this.#options;
    const path = join(folder, sealedName(this.#id, this.#items));
    const { sizeBytes } = file;
    try {
      if (sizeBytes === 0) await file.discard();
      else await file.seal(path);
    } catch (error) {
      onTrouble(`cannot seal the journal segment ${file.path}`, error);
      this.#sealLater();
      return;
    }
    this.#file = null;
    if (sizeBytes === 0) return;
    this.#waiting++;
    onSealed({ signal, id: this.#id, path, items: this.#items, sizeBytes });
  }

  #sealLater(): void {
    if (this.#age) clearTimeout(this.#age);
    this.#age = setTimeout(() => {
      if (this.#waiting > 0) {
        this.#isOverdue = true;
        return;
      }
      this.#sealDue = true;
      this.#start();
    }, this.#options.segmentAgeMs).unref();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
