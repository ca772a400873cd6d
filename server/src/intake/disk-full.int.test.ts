import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { type TempDir, tempDir } from '@hopline/testkit';
import { frames } from './frames.ts';
import { openJournal, spansRequest, takeAll } from './journal.fixture.ts';

const run = promisify(execFile);
const DISK_BYTES = 1024 * 1024;

interface SmallDisk extends AsyncDisposable {
  readonly path: string;
}

/** A file system of one MiB, or why there is none. */
async function smallDisk(): Promise<SmallDisk | string> {
  const folder: TempDir = await tempDir('disk');
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder.path]);
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    return `cannot mount a small file system here: ${(error as Error).message.trim()}`;
  }
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await run('umount', ['--lazy', folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

for (const fsync of ['never', 'always'] as const) {
  test(`disk full (fsync ${fsync}): retry; what was answered is whole; goes on with space`, async (t) => {
    const disk = await smallDisk();
    if (typeof disk === 'string') return t.skip(disk);
    await using folder = disk;
    const troubles: string[] = [];
    await using journal = await openJournal(folder.path, {
      fsync,
      segmentSpans: 100_000,
      onTrouble: (what) => troubles.push(what),
    });
    const ballast = join(folder.path, 'ballast');
    const { bavail, bsize } = await statfs(folder.path);
    await writeFile(ballast, Buffer.alloc(bavail * bsize - 300_000));

    const stored: Uint8Array[] = [];
    let refused = 0;
    async function append(count: number): Promise<void> {
      await Promise.all(
        Array.from({ length: count }, async () => {
          const bytes = spansRequest(50);
          const outcome = await journal.append('traces', bytes, 50);
          if (outcome.status === 'stored') stored.push(bytes);
          else {
            refused++;
            assert.match(outcome.reason, /ENOSPC|no space/i);
          }
        }),
      );
    }
    for (let round = 0; round < 10; round++) await append(3);
    const storedWhenFull = stored.length;
    assert.ok(refused > 0, 'the disk was never full');
    assert.ok(storedWhenFull > 3, 'nothing was stored before');
    assert.ok(troubles.length > 0);

    // Sealed as it is: the half-written request at its end must be gone.
    await journal.seal();
    await rm(ballast);
    await append(3);
    assert.equal(stored.length, storedWhenFull + 3, 'it does not go on with space');

    await journal.seal();
    const read: Buffer[] = [];
    for (const segment of await takeAll(journal)) {
      const bytes = await readFile(segment.path);
      const records = [...frames(bytes, 'length')];
      assert.equal(records.at(-1)!.to, bytes.length, 'a segment has a torn end');
      assert.equal(segment.items, records.length * 50);
      assert.equal(segment.sizeBytes, bytes.length);
      read.push(...records.map((one) => bytes.subarray(one.bodyFrom, one.bodyTo)));
    }
    const sorted = (list: Uint8Array[]): string[] =>
      list.map((bytes) => Buffer.from(bytes).toString('base64')).sort();
    assert.deepEqual(sorted(read), sorted(stored));
  });
}
