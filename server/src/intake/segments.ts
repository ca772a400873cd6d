import { readdir, readFile, rename, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SIGNALS, type Signal } from '@hopline/model';
import { scanRequest } from '../otlp/scan.ts';
import { OTLP_SIGNALS, type OtlpSignal } from '../otlp/shapes.ts';
import { type Framing, frames } from './frames.ts';

/** A segment that nothing is appended to any more: a batch for the store. */
export interface SealedSegment {
  signal: Signal;
  id: string;
  /** Absolute. */
  path: string;
  items: number;
  sizeBytes: number;
}

/** Checked once, when it came. */
const ANY_TIME = { oldestNs: 0, newestNs: Number.POSITIVE_INFINITY };

export const OPEN_SUFFIX = '.open';
/** Of a piece of a refused segment while it is tried alone. */
export const PART_SUFFIX = '.part';
const SEALED = /^(?<id>[\w-]+)\.(?<items>\d+)\.sealed$/;

/** The number of items stands in the name: after a restart nobody has to read the file to know it. */
export const sealedName = (id: string, items: number): string => `${id}.${items}.sealed`;

export const isOtlpSignal = (signal: Signal): signal is OtlpSignal =>
  (OTLP_SIGNALS as readonly Signal[]).includes(signal);

export const framingOf = (signal: Signal): Framing => (isOtlpSignal(signal) ? 'length' : 'line');

/**
 * The segments that an earlier run left in `folder`, oldest first. Open ones lose their torn tail (the
 * sender never got an answer for it) and are sealed.
 */
export async function leftSegments(folder: string): Promise<SealedSegment[]> {
  const found: SealedSegment[] = [];
  for (const signal of SIGNALS) {
    const lane = join(folder, signal);
    for (const name of await readdir(lane)) {
      if (name.endsWith(PART_SUFFIX)) await unlink(join(lane, name));
      const segment = name.endsWith(OPEN_SUFFIX)
        ? await sealLeftOpen(signal, lane, name)
        : await sealedSegment(signal, lane, name);
      if (segment !== null) found.push(segment);
    }
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function sealLeftOpen(
  signal: Signal,
  lane: string,
  name: string,
): Promise<SealedSegment | null> {
  const openPath = join(lane, name);
  const bytes = await readFile(openPath);
  let sizeBytes = 0;
  let items = 0;
  for (const frame of frames(bytes, framingOf(signal))) {
    sizeBytes = frame.to;
    items += countItems(signal, bytes.subarray(frame.bodyFrom, frame.bodyTo));
  }
  if (sizeBytes === 0) {
    await unlink(openPath);
    return null;
  }
  if (sizeBytes < bytes.length) await truncate(openPath, sizeBytes);
  const id = name.slice(0, -OPEN_SUFFIX.length);
  const path = join(lane, sealedName(id, items));
  await rename(openPath, path);
  return { signal, id, path, items, sizeBytes };
}

async function sealedSegment(
  signal: Signal,
  lane: string,
  name: string,
): Promise<SealedSegment | null> {
  const { id, items } = SEALED.exec(name)?.groups ?? {};
  if (id === undefined) return null;
  const path = join(lane, name);
  const { size } = await stat(path);
  return { signal, id, path, items: Number(items), sizeBytes: size };
}

/** Items of one record that was checked before it was appended. */
export function countItems(signal: Signal, record: Uint8Array): number {
  if (!isOtlpSignal(signal)) return 1;
  const scan = scanRequest(signal, record, ANY_TIME);
  return scan.status === 'ok' ? scan.items : 0;
}
