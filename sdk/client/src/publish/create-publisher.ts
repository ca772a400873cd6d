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
    const name = takeName(connection, options.name ?? 'publisher');
    const about = { connection: connection.name, publisher: name };
    const forget = measurePublisher(meter, about, () => publisher.stats);
    void publisher.ended.then(() => {
      forget();
      NAMES.get(connection)?.delete(name);
    });
  }
  return publisher;
}

/** Two that show their counts under one name would overwrite each other's. */
const NAMES = new WeakMap<PublisherConnection, Set<string>>();

function takeName(connection: PublisherConnection, wish: string): string {
  const taken = NAMES.get(connection) ?? new Set();
  NAMES.set(connection, taken);
  let name = wish;
  for (let number = 2; taken.has(name); number++) name = `${wish}-${number}`;
  taken.add(name);
  return name;
}
