import { startService } from '../service/service.ts';

/** Writes every payment down. It runs without any tracing, as old services do. */
const service = await startService('audit');
const { log } = service;
const payments = service.nats.subscribe('payments.>');
service.add({ stop: () => payments.drain(), done: work() });
service.ready();

async function work(): Promise<void> {
  for await (const message of payments) {
    log.info({ subject: message.subject, sizeBytes: message.data.length }, 'noted');
  }
}
