import type { Server } from 'node:net';

interface Address {
  host: string;
  port: number;
  /** What to change when the port is taken. */
  setting: string;
}

/** A door could not be opened; the message names address and setting. */
export class DoorNotOpened extends Error {
  override readonly name = 'DoorNotOpened';
  readonly code = 'door_not_opened';
}

/** Waits until `server` accepts connections at `address`. */
export async function listening(server: Server, address: Address): Promise<void> {
  const { host, port } = address;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notOpened(address, error)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** `cannot listen on 127.0.0.1:4318 (setting otlp.httpPort): the port is taken by another process` */
export function notOpened({ host, port, setting }: Address, cause: Error): DoorNotOpened {
  const taken = `${(cause as NodeJS.ErrnoException).code} ${cause.message}`.includes('EADDRINUSE');
  const why = taken ? 'the port is taken by another process' : cause.message;
  const at = `${hostPort(host, port)} (setting ${setting})`;
  return new DoorNotOpened(`cannot listen on ${at}: ${why}`, { cause });
}

/** As it stands in a URL: an IPv6 host in brackets. */
export const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
