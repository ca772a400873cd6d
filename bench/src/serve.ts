/** A whole Hopline server for a benchmark. Argument: data directory. Prints its addresses as one JSON line. */
import { startServer } from '@hopline/server';

const [, , dataDir = ''] = process.argv;
const server = await startServer({
  dataDir,
  http: { port: 0 },
  otlp: { httpPort: 0, grpcPort: 0 },
  logLevel: 'warn',
});
const { httpUrl, otlpHttpUrl } = server;
process.stdout.write(`${JSON.stringify({ httpUrl, otlpHttpUrl })}\n`);
process.once('SIGTERM', () => void server[Symbol.asyncDispose]().then(() => process.exit(0)));
