import { findTool } from './fetch-tool.ts';

let found: Promise<string> | undefined;

/** Path of a nats-server with message tracing (2.11 or newer); looked for once a process. */
export function findNatsServer(): Promise<string> {
  found ??= findTool({
    name: 'nats-server',
    oldest: [2, 11],
    apt: { package: 'nats-server', binary: 'usr/sbin/nats-server' },
    go: 'github.com/nats-io/nats-server/v2@v2.12.1',
    brew: 'nats-server',
    docker: { image: 'nats:2.12', binary: '/nats-server' },
    advice: 'install nats-server 2.11 or newer and put it on PATH',
  });
  return found;
}
