import { findMeter } from '../meter.ts';
import { BufferedPublisher } from './buffered-publisher.ts';
import { type PublisherConnection, type PublisherOptions, withDefaults } from './options.ts';
import type { Publisher } from './publisher.ts';
import { measurePublisher } from './publisher-metrics.ts';
import { coreSender, jetStreamSender } from './sender.ts';

/** A publisher on a connection of `@hopline/client/connect`. It is flushed when the connection drains. */
export async function createPublisher(
  connection: PublisherConnection,
  options: PublisherOptions = {},
): Promise<Publisher> {
  const { jetstream } = options;
  const sender = jetstream ? jetStreamSender(jetstream) : coreSender(connection.nc);
  const meter = options.meter ?? (await findMeter());
  const publisher = new BufferedPublisher(connection, withDefaults(options), sender);
  if (meter !== undefined) {
    const forget = measurePublisher(meter, connection.name, () => publisher.stats);
    void publisher.ended.then(forget);
  }
  return publisher;
}
