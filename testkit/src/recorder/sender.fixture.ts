/**
 * Publishes three times to argv's subject as argv's name; then asks argv's URLs, in order, by argv's method.
 */
import { request } from 'node:http';
import { connect } from '@nats-io/transport-node';

const [, , server, name, subject, method, ...urls] = process.argv;
const connection = await connect({ servers: server!, name: name! });
connection.publish(subject!, 'PUB not.a.line 3\r\n');
connection.publish(subject!, 'x'.repeat(100_000));
connection.publish('$SYS.REQ.USER.INFO', '');
await connection.drain();
for (const url of urls) {
  await new Promise((resolve, reject) =>
    request(url, { method: method! }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end(),
  );
  await fetch(url, { method: method! });
}
