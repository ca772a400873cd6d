import { createRequire } from 'node:module';
import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis';
import type { Chosen, InstrumentationName } from './instrumentation-choice.ts';

interface Broker {
  /** The client's package, and the name by which its instrumentation is chosen. */
  client: Extract<InstrumentationName, 'amqplib' | 'ioredis' | 'kafkajs' | 'redis'>;
  make(): Instrumentation;
}

const BROKERS: Broker[] = [
  { client: 'amqplib', make: () => new AmqplibInstrumentation() },
  { client: 'ioredis', make: () => new IORedisInstrumentation() },
  { client: 'kafkajs', make: () => new KafkaJsInstrumentation() },
  { client: 'redis', make: () => new RedisInstrumentation() },
];

/** The brokers' clients that the application has. */
export interface ApplicationBrokers {
  /** OpenTelemetry's own, one for each. */
  instrumentations: Instrumentation[];
  /**
   * Loads the clients, which patches them. They are CommonJS: an ES module that imports one gets the
   * same classes, but its import passes by what watches `require`.
   */
  load(): void;
}

/** `script` is the application's entry; without one its working folder is looked in. */
export function brokersOf(script: string | undefined, chosen: Chosen): ApplicationBrokers {
  const require = createRequire(script ?? join(process.cwd(), 'index.js'));
  const found = BROKERS.filter(({ client }) => chosen(client) && has(require, client));
  return {
    instrumentations: found.map(({ make }) => make()),
    load() {
      for (const { client } of found) {
        try {
          require(client);
        } catch (error) {
          diag.warn(`cannot load ${client}; it is not traced where an ES module imports it`, error);
        }
      }
    },
  };
}

function has(require: NodeJS.Require, client: string): boolean {
  try {
    require.resolve(client);
    return true;
  } catch {
    return false;
  }
}
