import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../server/src/config.ts';
import { runCli } from '../run-cli.ts';

test('the defaults in the help of `up` are the ones of the configuration', async (t) => {
  const config = configSchema.parse({});
  let help = '';
  t.mock.method(process.stdout, 'write', (text: string) => {
    help += text;
    return true;
  });
  const code = await runCli(['up', '--help']);
  t.mock.restoreAll();
  assert.equal(code, 0);
  const unwrapped = help.replace(/\n {3,}/g, ' ');
  for (const line of [
    `port of UI and API (${config.http.port})`,
    `address of UI, API and OTLP (${config.http.host})`,
    `port of OTLP/HTTP (${config.otlp.httpPort})`,
    `port of OTLP/gRPC (${config.otlp.grpcPort})`,
    `where journal and store live (${config.dataDir})`,
    `subject of the servers' trace events (${config.nats.traceSubject})`,
    `own log (${config.logLevel})`,
  ]) {
    assert.ok(unwrapped.includes(line), `${line} in\n${unwrapped}`);
  }
});
