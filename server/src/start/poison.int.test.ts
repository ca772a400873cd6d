import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempDir } from '@hopline/testkit';
import { lengthPrefix } from '../intake/frames.ts';
import { startServer } from '../main.ts';
import { request, span } from '../otlp/requests.fixture.ts';
import { allStored, settings, statusOf, storedSpanIds } from './servers.fixture.ts';

/** As if the check at the door had let it pass: sound to us, not to the engine. */
const POISON = Buffer.from('0a0512031201ff', 'hex');

test('a request that the engine refuses is set aside, its neighbours are stored', async () => {
  await using folder = await tempDir('poison');
  const lane = join(folder.path, 'journal', 'traces');
  await mkdir(lane, { recursive: true });
  const ids = Array.from({ length: 40 }, () => randomBytes(8));
  const requests: Uint8Array[] = ids.map((span_id) => request('traces', [span({ span_id })]));
  requests.splice(7, 0, POISON);
  requests.splice(30, 0, POISON);
  const records = requests.flatMap((bytes) => [lengthPrefix(bytes.length), bytes]);
  await writeFile(join(lane, '1795354542882-00001-aa.42.sealed'), Buffer.concat(records));
  const alone = Buffer.concat([lengthPrefix(POISON.length), POISON]);
  await writeFile(join(lane, '1795354542882-00002-aa.1.sealed'), alone);

  {
    await using server = await startServer(settings(folder.path, { logLevel: 'silent' }));
    await allStored(server.httpUrl);
    const { journal } = await statusOf(server.httpUrl);
    assert.deepEqual(journal, { openBytes: 0, sealedSegments: 0, sealedBytes: 0, setAside: 3 });
    const metrics = await (await fetch(`${server.httpUrl}/metrics`)).text();
    assert.match(metrics, /^hopline_journal_set_aside_total\{signal="traces"\} 3$/m);
    assert.match(metrics, /^hopline_journal_set_aside 3$/m);
  }

  const stored = await storedSpanIds(folder.path);
  assert.deepEqual(stored.sort(), ids.map((id) => id.toString('hex')).sort());
  const aside = join(folder.path, 'journal', 'set-aside');
  const names = (await readdir(aside)).sort();
  assert.deepEqual(
    names.filter((name) => !name.endsWith('.reason.txt')),
    [
      'traces-1795354542882-00001-aa-30',
      'traces-1795354542882-00001-aa-7',
      'traces-1795354542882-00002-aa-0',
    ],
  );
  for (const name of names) {
    const content = await readFile(join(aside, name));
    if (name.endsWith('.reason.txt')) assert.match(`${content}`, /\w+/);
    else assert.deepEqual(content, POISON);
  }
  assert.deepEqual(await readdir(lane), []);
});
