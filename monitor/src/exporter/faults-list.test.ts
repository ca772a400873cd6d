import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MONITOR = new URL('../', import.meta.url);
const LIST = new URL('../../docs/exporter-faults.md', MONITOR);
/** A file, and perhaps names of tests in it. */
const PROOF = /`([^`]+\.test\.ts)`((?:,? \*[^*]+\*)*)/g;

test('every fault in docs/exporter-faults.md names tests that exist', async () => {
  const list = await readFile(LIST, 'utf8');
  const faults = list.split('\n').filter((line) => /^\| (?!fault|---)/.test(line));
  assert.ok(faults.length >= 18, `${faults.length} faults`);
  for (const fault of faults) {
    const proofs = [...fault.matchAll(PROOF)];
    assert.ok(proofs.length > 0, fault);
    for (const [, path, names] of proofs) {
      const source = await readFile(fileURLToPath(new URL(path!, MONITOR)), 'utf8');
      // What a comment says is no test.
      const text = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
      for (const [, name] of names!.matchAll(/\*([^*]+)\*/g)) {
        assert.ok(text.includes(name!), `${path} has no ${name}`);
      }
    }
  }
});
