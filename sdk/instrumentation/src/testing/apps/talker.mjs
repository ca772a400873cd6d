// Publishes until it is told to end; HANDLE=1 makes it end in its own way.
import { connect } from '@nats-io/transport-node';

const nc = await connect({ servers: process.env.NATS_URL });
const talk = () => nc.publish('talk');
talk();
const timer = setInterval(talk, 20);

async function end() {
  clearInterval(timer);
  await nc.drain();
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.exit(7);
}
if (process.env.HANDLE === '1') process.on('SIGTERM', () => void end());
console.log('ready');
