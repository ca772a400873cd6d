import { setImmediate as nextTurn } from 'node:timers/promises';

/** Bytes parsed at a stretch: about 2 ms of the event loop. */
const SLICE_BYTES = 256 * 1024;
const LINE_END = 10;

/**
 * Rows of a JSONEachRow answer. Large ones are parsed in slices, with a turn of the event loop between
 * them: 20,000 spans would hold it for 50 ms.
 */
export async function parseRows<Row>(bytes: Uint8Array): Promise<Row[]> {
  const decoder = new TextDecoder();
  const rows: Row[] = [];
  for (let from = 0; from < bytes.length; ) {
    if (from > 0) await nextTurn();
    const to = lineEndAfter(bytes, from + SLICE_BYTES);
    for (const line of decoder.decode(bytes.subarray(from, to)).split('\n')) {
      if (line !== '') rows.push(JSON.parse(line) as Row);
    }
    from = to;
  }
  return rows;
}

/** Behind the first line end at or after `at`: line ends inside values are escaped. */
function lineEndAfter(bytes: Uint8Array, at: number): number {
  const end = at < bytes.length ? bytes.indexOf(LINE_END, at) : -1;
  return end < 0 ? bytes.length : end + 1;
}
