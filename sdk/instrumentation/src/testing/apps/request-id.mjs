// An application whose callers know of no `traceparent` but name their requests by `X-Trace-ID`.
import { createServer } from 'node:http';
import { connect, headers, Match } from '@nats-io/transport-node';
import pino from 'pino';
import winston from 'winston';

const log = pino();
const lines = winston.createLogger({
  format: winston.format.json(),
  transports: [new winston.transports.Console()],
});
const nc = await connect({ servers: process.env.NATS_URL });
const tell = (what, message) =>
  process.stdout.write(
    `${what}: ${message.headers?.values('X-Trace-ID', Match.IgnoreCase).join() || 'none'}\n`,
  );

let left = 4;
let done;
const finished = new Promise((resolve) => {
  done = () => --left === 0 && resolve();
});
nc.subscribe('ids.first', {
  callback: (_error, message) => {
    tell('first', message);
    log.info('pino in callback');
    lines.info('winston in callback');
    console.log('console in callback');
    nc.publish('ids.second');
    const own = headers();
    own.set('x-trace-id', 'my-own');
    nc.publish('ids.own', '', { headers: own });
    done();
  },
});
nc.subscribe('ids.own', {
  callback: (_error, message) => {
    tell('own', message);
    done();
  },
});
nc.subscribe('ids.none', {
  callback: (_error, message) => {
    tell('without', message);
    log.info('pino without');
    done();
  },
});
const looped = (async () => {
  for await (const message of nc.subscribe('ids.second')) {
    tell('second', message);
    log.info('pino in loop');
    done();
  }
})();

const server = createServer((request, response) => {
  if (request.url === '/further') {
    response.end(request.headers['x-trace-id'] ?? 'none');
    return;
  }
  log.info('pino in request');
  nc.publish(request.headers['x-trace-id'] ? 'ids.first' : 'ids.none');
  const further = `http://127.0.0.1:${server.address().port}/further`;
  fetch(further)
    .then((answer) => answer.text())
    .then((text) => response.end(text))
    .catch((error) => response.destroy(error));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

/** As a caller without any instrumentation sends it. */
const { connect: dial } = await import('node:net');
const ask = (header) =>
  new Promise((resolve) => {
    const socket = dial(server.address().port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.on('close', () => resolve(text.split('\r\n\r\n')[1]?.match(/[\w-]{4,}/)?.[0]));
    socket.write(`GET /start HTTP/1.1\r\nHost: here\r\n${header}Connection: close\r\n\r\n`);
  });
process.stdout.write(`further: ${await ask('X-Trace-ID: order-4711\r\n')}\n`);
process.stdout.write(`further without: ${await ask('')}\n`);
await finished;
server.close();
await nc.drain();
await looped;
