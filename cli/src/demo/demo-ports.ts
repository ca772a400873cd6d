import { createServer } from 'node:net';
import { CliError } from '../errors.ts';

export interface DemoPorts {
  ui: number;
  otlpHttp: number;
  otlpGrpc: number;
  gateway: number;
}

export interface ChosenPorts extends DemoPorts {
  /** What was taken and what is used instead, in words. */
  notes: string[];
}

const HOST = '127.0.0.1';

const PURPOSE = {
  otlpHttp: 'OTLP/HTTP',
  otlpGrpc: 'OTLP/gRPC',
  gateway: 'the order gateway',
} as const;

/**
 * The UI's port must be free, its user has the address in mind; the others give way to any free port.
 * Throws CliError when the UI's is taken.
 */
export async function chooseDemoPorts(wanted: DemoPorts): Promise<ChosenPorts> {
  if (wanted.ui !== 0 && !(await isFree(wanted.ui))) {
    throw new CliError(
      'PORT_TAKEN',
      `cannot serve the UI on port ${wanted.ui}: it is taken; choose another with --port`,
    );
  }
  const chosen: ChosenPorts = { ...wanted, ui: wanted.ui || (await anyFreePort()), notes: [] };
  // Nothing listens yet on what was chosen here, so asking the machine is not enough.
  const given = new Set([chosen.ui]);
  for (const kind of ['otlpHttp', 'otlpGrpc', 'gateway'] as const) {
    const port = wanted[kind];
    if (port !== 0 && !given.has(port) && (await isFree(port))) {
      given.add(port);
      continue;
    }
    chosen[kind] = await anyFreePort();
    given.add(chosen[kind]);
    if (port !== 0) {
      chosen.notes.push(`port ${port} is taken: ${PURPOSE[kind]} is on ${chosen[kind]}`);
    }
  }
  return chosen;
}

const isFree = (port: number): Promise<boolean> =>
  listen(port).then(
    () => true,
    () => false,
  );

const anyFreePort = (): Promise<number> => listen(0);

/** Listens for a moment; resolves to the port when that worked. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
