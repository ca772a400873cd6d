import { type UnixNs, unixNsFromMs } from '@hopline/model';
import type { SpanTimes } from '@hopline/monitor';
import { type Database, deliveryTimes } from '../store/store.ts';

/** How long ago a delivery may be that still says something about the messages after it. */
const LOOK_BACK_NS = 3600n * 1_000_000_000n;
/** A sweep waits for it. */
const TIMEOUT_MS = 2_000;

/** What stored spans tell of deliveries; nothing while the store cannot be asked. */
export function spanTimes(database: Database): SpanTimes {
  return {
    async find(questions) {
      const places = questions.map(({ stream, consumer, afterSeq }) => ({
        stream,
        consumer,
        after_seq: String(afterSeq),
      }));
      const to = unixNsFromMs(Date.now());
      const bounds = { from: (to - LOOK_BACK_NS) as UnixNs, to, timeoutMs: TIMEOUT_MS };
      const rows = await deliveryTimes(database, { ...bounds, places }).catch(() => []);
      return rows.map(({ stream, consumer, after_seq, stream_seq, store_time }) => ({
        stream,
        consumer,
        afterSeq: Number(after_seq),
        seq: Number(stream_seq),
        timeMs: Number(BigInt(store_time) / 1000n) / 1000,
      }));
    },
  };
}
