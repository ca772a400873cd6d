// The same as an ES module.
import { createRequire } from 'node:module';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import express from 'express';

const { run } = createRequire(import.meta.url)('./express-orders.cjs');

await run({ connect, jetstream, jetstreamManager, express });
