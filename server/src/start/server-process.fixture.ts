/** A whole server in a process of its own, for tests that kill it: settings as JSON in the first argument. */
import type { ConfigInput } from '../config.ts';
import { startServer } from '../main.ts';

const server = await startServer(JSON.parse(process.argv[2]!) as ConfigInput);
const { httpUrl, otlpHttpUrl, otlpGrpcUrl } = server;
process.stdout.write(`READY ${httpUrl} ${otlpHttpUrl} ${otlpGrpcUrl}\n`);
process.once('SIGTERM', () => {
  void server[Symbol.asyncDispose]().then(() => process.exit(0));
});
