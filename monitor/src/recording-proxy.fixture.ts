import { connect as connectSocket, createServer, type Socket } from 'node:net';

/** A TCP proxy that keeps what the client sends; at a free port when none is asked for. */
export async function recordingProxy(target: number, atPort = 0) {
  const sockets: Socket[] = [];
  let sent = '';
  const proxy = createServer((client) => {
    const server = connectSocket(target, '127.0.0.1');
    sockets.push(client, server);
    client.on('data', (data) => {
      sent += data.toString('latin1');
    });
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    client.pipe(server).pipe(client);
  });
  const port = await new Promise<number>((resolve) => {
    proxy.listen(atPort, '127.0.0.1', () => {
      const address = proxy.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  return {
    port,
    sent: () => sent,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
