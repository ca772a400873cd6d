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
    npm: '^(@opentelemetry/.*|@nats-io/.*|esbuild|typescript)$',
  },
  {
    folder: 'sdk/client',
    may: ['model/src'],
    npm: '^(@opentelemetry/api|@nats-io/.*|ajv|avsc|protobufjs|esbuild|typescript)$',
  },
  { folder: 'monitor/src/endpoints', may: ['model/src'], npm: '^$', node: false },
  { folder: 'monitor/src/lag', may: ['model/src'], npm: '^$', node: false },
  {
    folder: 'monitor/src/transport',
    may: ['model/src', 'monitor/src/endpoints', 'monitor/src/errors.ts'],
    npm: '^@nats-io/.*$',
  },
  {
    folder: 'monitor/src/servers',
    may: ['model/src', 'monitor/src/endpoints', 'monitor/src/errors.ts', 'monitor/src/transport'],
    npm: '^@nats-io/.*$',
  },
  {
    folder: 'monitor/src/events',
    may: [
      'model/src',
      'monitor/src/endpoints',
      'monitor/src/errors.ts',
      'monitor/src/native',
      'monitor/src/transport',
    ],
    npm: '^@nats-io/.*$',
  },
  {
    folder: 'monitor/src/sweep',
    may: [
      'model/src',
      'monitor/src/endpoints',
      'monitor/src/errors.ts',
      'monitor/src/lag',
      'monitor/src/servers',
      'monitor/src/transport',
    ],
    npm: '^@nats-io/.*$',
  },
  {
    folder: 'monitor/src',
    may: [
      'model/src',
      'monitor/src/endpoints',
      'monitor/src/events',
      'monitor/src/lag',
      'monitor/src/native',
      'monitor/src/servers',
      'monitor/src/sweep',
      'monitor/src/transport',
    ],
    npm: '^@nats-io/.*$',
  },
  {
    folder: 'monitor/src/native',
    may: ['model/src', 'monitor/src/endpoints'],
    npm: '^$',
    node: false,
  },
  {
    folder: 'monitor/src/exporter',
    may: [
      'model/src',
      'monitor/src/endpoints',
      'monitor/src/errors.ts',
      'monitor/src/events/surveyor-listeners.ts',
      'monitor/src/native',
      'monitor/src/servers/system-source.ts',
      'monitor/src/sweep/sweep.ts',
      'monitor/src/transport/connection.ts',
      'monitor/src/transport/http-base.ts',
      'monitor/src/transport/nats-settings.ts',
      'monitor/src/transport/server-client.ts',
    ],
    npm: '^bcryptjs$',
  },
  { folder: 'server/src/otlp', may: ['model/src'], npm: '^protobufjs' },
  { folder: 'server/src/store', may: ['model/src'], npm: '^chdb' },
  {
    folder: 'server/src/intake',
    may: ['model/src', 'server/src/otlp', 'server/src/store/store.ts', 'monitor/src'],
    npm: '^(fastify|@grpc/grpc-js)$',
  },
  {
    folder: 'server/src/schemas',
    may: [
      'model/src',
      'monitor/src/index.ts',
      'sdk/client/src/codecs',
      'sdk/client/src/schemas/index.ts',
    ],
    npm: '^@nats-io/(kv|transport-node)$',
  },
  { folder: 'server/src/insight', may: ['model/src', 'server/src/store/store.ts'], npm: '^$' },
  {
    folder: 'server/src/export',
    may: ['model/src', 'server/src/insight', 'server/src/store/store.ts'],
    npm: '^$',
  },
  {
    folder: 'server/src/api',
    may: [
      'model/src',
      'server/src/insight',
      'server/src/store/store.ts',
      'server/src/schemas',
      'sdk/client/src/schemas/index.ts',
    ],
    npm: '^(fastify|@fastify/static|zod)$',
  },
  {
    folder: 'server/src/path-metrics',
    may: ['model/src', 'server/src/store/store.ts', 'server/src/telemetry/metrics.ts'],
    npm: '^$',
  },
  { folder: 'server/src/telemetry', may: ['model/src'], npm: '^(pino|fastify)$' },
  {
    folder: 'server/src/start',
    may: ['server/src', 'server/package.json', 'model/src', 'monitor/src'],
    npm: '^(pino|fastify)$',
  },
  { folder: 'server/src/config.ts', may: ['model/src'], npm: '^zod$' },
  { folder: 'server/src/config.test.ts', may: ['server/src/config.ts'], npm: '^$' },
  {
    folder: 'server/src/documents.ts',
    may: ['server/src/config.ts', 'server/src/api/errors.ts'],
    npm: '^$',
  },
  {
    folder: 'server/src/main.ts',
    may: ['server/src', 'server/package.json', 'model/src', 'monitor/src'],
    npm: '^(pino|fastify)$',
  },
  { folder: 'web/src/api', may: ['model/src'], npm: '^(@tanstack/.*|react)$' },
  { folder: 'web/src/ui', may: ['model/src', 'web/src/api/time-range.ts'], npm: '.*' },
  ...[
    'consumers',
    'conversations',
    'latency',
    'logs',
    'map',
    'messages',
    'schemas',
    'servers',
    'status',
    'traces',
  ].map((noun) => ({
    folder: `web/src/${noun}`,
    may: ['model/src', 'web/src/api', 'web/src/ui'],
    npm: '.*',
  })),
  { folder: 'web', may: ['model/src', 'web/src'], npm: '.*' },
  {
    folder: 'cli',
    may: [
      'sdk/client/src/envelope/index.ts',
      'model/src',
      'server/src/main.ts',
      'server/src/config.ts',
      'monitor/src/index.ts',
      'monitor/src/exporter/index.ts',
      'testkit/src/index.ts',
      'examples/orders/src/index.ts',
      'sdk/client/src/codecs',
      'sdk/client/src/envelope/index.ts',
      'sdk/client/src/schemas/index.ts',
    ],
    npm: '^(commander|yaml|@lezer/common|@prometheus-io/lezer-promql|@nats-io/(kv|transport-node))$',
  },
  { folder: 'scripts', may: [], npm: '^$' },
  { folder: 'scripts/pack', may: ['scripts'], npm: '^typescript$' },
  { folder: 'testkit', may: ['scripts', 'model/src'], npm: '^(playwright-core|@nats-io/.*)$' },
  { folder: 'testkit/src/checks', may: [], npm: '^dependency-cruiser$' },
  {
    folder: 'examples/orders',
    may: [
      'sdk/client/src/codecs/json/index.ts',
      'sdk/client/src/connect/index.ts',
      'sdk/client/src/consume/index.ts',
      'sdk/client/src/publish/index.ts',
      'sdk/client/src/schemas/index.ts',
    ],
    npm: '^(@nats-io/.*|@opentelemetry/api|fastify|pino)$',
  },
  {
    folder: 'e2e',
    may: ['model/src', 'sdk/client/src', 'testkit/src/index.ts'],
    npm: '^(playwright-core|@nats-io/.*)$',
  },
  { folder: 'bench', may: [''], npm: '.*' },
];
/** Every file under these needs a row. */
const FOLDERS = [
  'model',
  'sdk',
  'monitor',
  'server',
  'web',
  'cli',
  'testkit',
  'examples',
  'e2e',
  'bench',
  'scripts',
];
/**
 * Which files are tests or serve them, and what they may import besides their workspace and what their
 * folder may. Their npm packages are those that package.json names. Nothing else may import them.
 */
const TESTS = {
  files: '^(bench|e2e)/|\\.(test|long)\\.tsx?$|[.-]fixture\\.ts$|/testing/',
  may: ['testkit/src/index.ts'],
  npm: '.*',
};
module.exports = { ROWS, FOLDERS, TESTS };
