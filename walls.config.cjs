/**
 * Who may import whom, one row a folder (docs/architecture.md). A folder without a row fails; so does a
 * cycle. Tests may also import `testkit`.
 */
const ROWS = [
  // folder, what it may import besides itself (path prefixes), npm packages (regular expression)
  { folder: 'model/src/api', may: ['model/src'], npm: '^zod$' },
  { folder: 'model/src', may: [], npm: '^$', node: false },
  {
    folder: 'sdk/instrumentation',
    may: ['model/src'],
    npm: '^(@opentelemetry/.*|@nats-io/.*|esbuild)$',
  },
  { folder: 'monitor/src/endpoints', may: ['model/src'], npm: '^$', node: false },
  { folder: 'monitor/src', may: ['model/src'], npm: '^@nats-io/.*$' },
  { folder: 'server/src/otlp', may: ['model/src'], npm: '^protobufjs' },
  { folder: 'server/src/store', may: ['model/src'], npm: '^chdb' },
  {
    folder: 'server/src/intake',
    may: ['model/src', 'server/src/otlp', 'server/src/store/store.ts', 'monitor/src'],
    npm: '^(fastify|@grpc/grpc-js)$',
  },
  { folder: 'server/src/insight', may: ['model/src', 'server/src/store/store.ts'], npm: '^$' },
  {
    folder: 'server/src/api',
    may: ['model/src', 'server/src/insight', 'server/src/store/store.ts'],
    npm: '^(fastify|@fastify/static|zod)$',
  },
  { folder: 'server/src/telemetry', may: ['model/src'], npm: '^(pino|fastify)$' },
  {
    folder: 'server/src/start',
    may: ['server/src', 'model/src', 'monitor/src'],
    npm: '^(pino|fastify)$',
  },
  { folder: 'server/src/config.ts', may: ['model/src'], npm: '^zod$' },
  {
    folder: 'server/src/main.ts',
    may: ['server/src', 'model/src', 'monitor/src'],
    npm: '^(pino|fastify)$',
  },
  { folder: 'web', may: ['model/src'], npm: '.*' },
  {
    folder: 'cli',
    may: [
      'model/src',
      'server/src/main.ts',
      'server/src/config.ts',
      'monitor/src/index.ts',
      'testkit/src/index.ts',
      'examples/orders/src/index.ts',
    ],
    npm: '^commander$',
  },
  { folder: 'scripts', may: [], npm: '^$' },
  { folder: 'testkit', may: ['scripts', 'model/src'], npm: '^(playwright-core|@nats-io/.*)$' },
  { folder: 'examples/orders', may: [], npm: '^(@nats-io/.*|@opentelemetry/api|fastify|pino)$' },
  {
    folder: 'e2e',
    may: ['model/src', 'testkit/src/index.ts'],
    npm: '^(playwright-core|@nats-io/.*)$',
  },
  { folder: 'bench', may: ['.*'], npm: '.*' },
];
module.exports = { ROWS };
