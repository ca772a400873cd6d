export { BufferFull } from '../errors.ts';
export { createPublisher } from './create-publisher.ts';
export type { Drop, PublisherConnection, PublisherOptions } from './options.ts';
export type { DropReason, PublishOutcome } from './outcome.ts';
export type { Publisher, PublisherStats, PublishOptions } from './publisher.ts';
