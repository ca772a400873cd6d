/** A service that is stopped by SIGTERM while it has messages in hand. */
import { connect } from '../connect/index.ts';

const connection = await connect({
  name: 'sigterm-app',
  servers: process.argv[2] as string,
  drainOn: ['SIGTERM'],
  drainTimeoutMs: 5_000,
});
const subscription = connection.nc.subscribe('work');
await connection.nc.flush();
console.log('ready');
for await (const message of subscription) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  connection.nc.publish('done', message.data);
}
console.log('drained');
