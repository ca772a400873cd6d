/** Publishes three times to argv's subject as argv's name. */
import { connect } from '@nats-io/transport-node';

const [, , url, name, subject] = process.argv;
const connection = await connect({ servers: url!, name: name! });
connection.publish(subject!, 'PUB not.a.line 3\r\n');
connection.publish(subject!, 'x'.repeat(100_000));
connection.publish('$SYS.REQ.USER.INFO', '');
await connection.close();
