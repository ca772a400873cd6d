/** Prints where each program that Hopline needs was found; fetches what is missing. */
import { findChromium } from './chromium.ts';
import { findNatsServer } from './nats-server.ts';
import { findPrometheus } from './prometheus.ts';
import { findPromtool } from './promtool.ts';
import { findRedisServer } from './redis-server.ts';

const finders = {
  'nats-server': findNatsServer,
  prometheus: findPrometheus,
  promtool: findPromtool,
  chromium: findChromium,
  'redis-server': findRedisServer,
};

for (const [name, find] of Object.entries(finders)) {
  try {
    console.log(`${name.padEnd(12)} ${await find()}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`${name.padEnd(12)} ${(error as Error).message}`);
  }
}
