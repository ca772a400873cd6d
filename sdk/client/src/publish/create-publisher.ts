import { findMeter } from '../meter.ts';
import { CorePublisher } from './core-publisher.ts';
import { type PublisherConnection, type PublisherOptions, withDefaults } from './options.ts';
import type { Publisher } from './publisher.ts';
import { measurePublisher } from './publisher-metrics.ts';
import { StreamPublisher } from './stream-publisher.ts';

/** A publisher on a connection of `@hopline/client/connect`. It is flushed when the connection drains. */
export async function createPublisher(
  connection: PublisherConnection,
  options: PublisherOptions = {},
): Promise<Publisher> {
  const { jetstream } = options;
  const meter = options.meter ?? (await findMeter());
  const settings = withDefaults(options);
  const publisher = jetstream
    ? new StreamPublisher(connection, settings, jetstream)
    : new CorePublisher(connection, settings);
  if (meter !== undefined) {
    const forget = measurePublisher(meter, connection.name, () => publisher.stats);
    void publisher.ended.then(forget);
  }
  return publisher;
}
