/** One process of the bench, instrumented in one way; does what its parent says over IPC. */
import type { NatsConnection } from '@nats-io/nats-core';
import { enter, exported, type Mode } from './instrumentation-modes.ts';
import {
  feedOnDemand,
  latency,
  publishToServer,
  receiveFromServer,
} from './instrumentation-server-work.ts';
import { SinkWork, type Work } from './instrumentation-work.ts';

export type Job =
  | { kind: 'sink'; work: Work; sizeBytes: number; count: number }
  | { kind: 'feeder'; url: string }
  | { kind: 'publish' | 'receive'; url: string; sizeBytes: number; count: number }
  | { kind: 'latency'; url: string; perSecond: number; seconds: number }
  | { kind: 'heap'; count: number }
  | { kind: 'unacked'; url: string; count: number }
  | { kind: 'floors' };

const mode = process.argv[2] as Mode;
await enter(mode);
let sink: SinkWork | undefined;
let connection: NatsConnection | undefined;

process.on('message', (job: Job) => {
  void run(job).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ error: String(error instanceof Error ? error.stack : error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ result: 'ready' });

async function run(job: Job): Promise<unknown> {
  if (job.kind === 'sink') return await (await openSink()).run(job.work, job.sizeBytes, job.count);
  if (job.kind === 'heap') return await heapGrowth(job.count);
  if (job.kind === 'floors') return (await import('./instrumentation-floors.ts')).measureFloors();
  const nc = await connectOnce(job.url);
  if (job.kind === 'feeder') return await feedOnDemand(nc);
  if (job.kind === 'latency') return await latency(nc, job);
  if (job.kind === 'unacked') {
    const { heapOfUnacked } = await import('./instrumentation-unacked.ts');
    return {
      liveBytes: await heapOfUnacked(nc, job.count, drained),
      exportedSpans: exported.spans,
    };
  }
  if (job.kind === 'publish') return await publishToServer(nc, { ...job, mode });
  return await receiveFromServer(nc, { ...job, mode });
}

async function openSink(): Promise<SinkWork> {
  sink ??= await SinkWork.open(mode);
  return sink;
}

async function connectOnce(url: string): Promise<NatsConnection> {
  if (!connection) {
    const { connect } = await import('@nats-io/transport-node');
    connection = await connect({ servers: url });
  }
  return connection;
}

const HEAP_SAMPLES = 10;

/** Bytes of live heap after each tenth of `count` messages sent, and as many received. */
async function heapGrowth(count: number): Promise<{ liveBytes: number[]; exportedSpans: number }> {
  const work = await openSink();
  const part = Math.ceil(count / HEAP_SAMPLES / 2);
  await work.run('publish', 256, 20_480);
  await work.run('receive', 256, 20_480);
  const liveBytes: number[] = [];
  for (let sample = 0; sample <= HEAP_SAMPLES; sample += 1) {
    // The first sample is the state before.
    if (sample > 0) {
      await work.run('publish', 256, part);
      await work.run('receive', 256, part);
    }
    await drained();
    globalThis.gc?.();
    liveBytes.push(process.memoryUsage().heapUsed);
  }
  return { liveBytes, exportedSpans: exported.spans };
}

/** The batch processor exports what it still holds. */
async function drained(): Promise<void> {
  for (let before = -1; before !== exported.spans; ) {
    before = exported.spans;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
