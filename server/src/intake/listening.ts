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

/** `cannot listen on 127.0.0.1:4318 (otlp.httpPort, HOPLINE_OTLP_HTTP_PORT): the address is in use` */
export function notOpened(address: Address, cause: Error): DoorNotOpened {
  const { host, port, setting } = address;
  const inUse = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  const why = inUse ? 'the port is taken by another process' : cause.message;
  return new DoorNotOpened(`cannot listen on ${host}:${port} (setting ${setting}): ${why}`, {
    cause,
  });
}
