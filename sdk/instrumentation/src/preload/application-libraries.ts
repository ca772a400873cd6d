import { createRequire } from 'node:module';
import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis';
import type { Chosen, InstrumentationName } from './instrumentation-choice.ts';

interface Library {
  /** The package, and the name by which its instrumentation is chosen. */
  name: Extract<InstrumentationName, 'amqplib' | 'express' | 'ioredis' | 'kafkajs' | 'redis'>;
  make(): Instrumentation;
}

/** Requests are named by their routes; a span for each middleware would say little more. */
const LAYERS = [
  ExpressLayerType.MIDDLEWARE,
  ExpressLayerType.ROUTER,
  ExpressLayerType.REQUEST_HANDLER,
];

const LIBRARIES: Library[] = [
  { name: 'amqplib', make: () => new AmqplibInstrumentation() },
  { name: 'express', make: () => new ExpressInstrumentation({ ignoreLayersType: LAYERS }) },
  { name: 'ioredis', make: () => new IORedisInstrumentation() },
  { name: 'kafkajs', make: () => new KafkaJsInstrumentation() },
  { name: 'redis', make: () => new RedisInstrumentation() },
];

/** Clients of other brokers, and frameworks, that the application has. */
export interface ApplicationLibraries {
  /** OpenTelemetry's own, one for each. */
  instrumentations: Instrumentation[];
  /**
   * Loads them, which patches them. They are CommonJS: an ES module that imports one gets the
   * same classes, but its import passes by what watches `require`.
   */
  load(): void;
}

/** `script` is the application's entry; without one its working folder is looked in. */
export function librariesOf(script: string | undefined, chosen: Chosen): ApplicationLibraries {
  const require = createRequire(script ?? join(process.cwd(), 'index.js'));
  const found = LIBRARIES.filter(({ name }) => chosen(name) && has(require, name));
  return {
    instrumentations: found.map(({ make }) => make()),
    load() {
      for (const { name } of found) {
        try {
          require(name);
        } catch (error) {
          diag.warn(`cannot load ${name}; it is not traced where an ES module imports it`, error);
        }
      }
    },
  };
}

function has(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
