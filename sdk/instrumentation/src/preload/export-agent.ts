import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const OPTIONS = { keepAlive: true, maxSockets: 4 };

interface Connecting {
  createConnection(...args: unknown[]): unknown;
  reuseSocket(socket: unknown, request: unknown): void;
}

/**
 * Connections of the exporters: kept open between exports, and never a reason for the process to stay
 * alive, not even while an export is under way. The end of the process waits on its own terms.
 */
export function exportAgent(protocol: string): HttpAgent {
  const agent = protocol === 'https:' ? new HttpsAgent(OPTIONS) : new HttpAgent(OPTIONS);
  const connecting = agent as unknown as Connecting;
  const { createConnection, reuseSocket } = connecting;
  connecting.createConnection = (...args) => {
    const socket = createConnection.apply(agent, args);
    unref(socket);
    return socket;
  };
  connecting.reuseSocket = (socket, request) => {
    reuseSocket.call(agent, socket, request);
    unref(socket);
  };
  return agent;
}

function unref(socket: unknown): void {
  (socket as { unref?(): void } | undefined)?.unref?.();
}
