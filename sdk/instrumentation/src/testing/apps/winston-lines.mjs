// Logs with winston wherever a message is handled.
import { setTimeout as sleep } from 'node:timers/promises';

export async function logEverywhere(winston, connect) {
  const redact = winston.format((info) => ({ ...info, card: '[Redacted]' }));
  const log = winston.createLogger({
    format: winston.format.combine(redact(), winston.format.json()),
    transports: [new winston.transports.Console()],
  });
  const nc = await connect({ servers: process.env.NATS_URL });
  const called = new Promise((resolve) => {
    nc.subscribe('win.called', {
      callback: async () => {
        log.info('callback', { card: '4711' });
        await sleep(1);
        log.info('awaited', { card: '4711' });
        resolve();
      },
    });
  });
  const sub = nc.subscribe('win.looped', { max: 1 });
  log.info('outside');
  log.debug('too fine');
  nc.publish('win.called', 'x');
  nc.publish('win.looped', 'x');
  for await (const _message of sub) {
    log.info('loop', { card: '4711' });
    await sleep(1);
    log.info('loop awaited', { card: '4711' });
    await Promise.all([sleep(1).then(() => log.log({ level: 'info', message: 'child' }))]);
  }
  await called;
  await nc.drain();
}
