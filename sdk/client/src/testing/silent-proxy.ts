import { createServer, connect as dial, type Socket } from 'node:net';

/** Stands before a server; what goes through it can be made to vanish, as behind a broken switch. */
export interface SilentProxy extends AsyncDisposable {
  readonly port: number;
  /** While true nothing passes, in neither direction, and nobody is told: connections stay open. */
  silent: boolean;
}

export async function startSilentProxy(targetPort: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>();
  const state = { silent: false };
  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (bytes) => {
      if (!state.silent) to.write(bytes);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (!state.silent) to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = dial(targetPort, '127.0.0.1');
    forward(client, upstream);
    forward(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('cannot tell the port');
  return {
    port: address.port,
    get silent() {
      return state.silent;
    },
    set silent(value) {
      state.silent = value;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
