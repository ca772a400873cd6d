import { connect } from '@nats-io/transport-node';

const nc = await connect({ servers: process.env.NATS_URL });
nc.publish('before.the.end');
await nc.drain();
process.exitCode = 3;
