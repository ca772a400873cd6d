import type { JetStreamUsage } from '@hopline/model/api';
import { ElementCutter } from './element-cutter.ts';
import { type Fields, listAt, numberAt, parseFields, textAt, timeAt } from './fields.ts';
import {
  consumerRaftGroups,
  decodeConsumer,
  decodeStream,
  placeAsset,
  type ReportedAsset,
  type ReportedConsumer,
} from './jetstream-asset.ts';
import { metaPeers } from './server-parts.ts';
import type { ServerIdentity } from './varz.ts';

const STREAMS_KEY = 'stream_detail';
const CONSUMERS_KEY = 'consumer_detail';

/**
 * Turns the pages of `/jsz?accounts=true&streams=true&consumers=true&config=true&raft=true` into reports while they
 * come: an answer of 40 MB is never held whole, nor a stream with 10,000 consumers.
 */
export class AssetDecoder {
  readonly assets: ReportedAsset[] = [];
  /** Servers that the meta group names besides this one. */
  readonly peers: string[] = [];
  /** On this server, replicas included; and those that it leads. */
  totals = {
    streams: 0,
    consumers: 0,
    streamLeaders: 0,
    consumerLeaders: 0,
    messages: 0,
    bytes: 0,
  };
  /** Of accounts with JetStream. */
  readonly usage: JetStreamUsage[] = [];
  readonly #server: ServerIdentity;
  #page: ReportedAsset[][] = [];
  #consumers: ReportedConsumer[] = [];

  constructor(server: ServerIdentity) {
    this.#server = server;
  }

  /** Takes the bytes of one page. */
  page(): ElementCutter {
    this.#page = [];
    this.#consumers = [];
    return new ElementCutter(
      STREAMS_KEY,
      (json) => this.#takeStream(fieldsOf(json)),
      () => new ElementCutter(CONSUMERS_KEY, (json) => this.#takeConsumer(fieldsOf(json))),
    );
  }

  /** Takes what was not cut out of the page. False when it is no answer of a nats-server. */
  endPage(rest: Fields): boolean {
    const time = timeAt(rest, 'now');
    if (time === null) return false;
    for (const account of listAt(rest, 'account_details')) {
      const numbers = account[STREAMS_KEY];
      for (const number of Array.isArray(numbers) ? numbers : []) {
        // Whatever else an answer holds there, "toString" too, is no place in the page.
        for (const asset of (typeof number === 'number' && this.#page[number]) || []) {
          placeAsset(asset, { account: textAt(account, 'name'), time });
          this.assets.push(asset);
          this.#countLeader(asset);
        }
      }
      this.usage.push(usageOf(account));
    }
    this.#page = [];
    this.peers.push(...metaPeers(rest));
    for (const key of ['streams', 'consumers', 'messages', 'bytes'] as const) {
      this.totals[key] = numberAt(rest, key);
    }
    return true;
  }

  /** Older servers do not say how many they lead. */
  #countLeader({ kind, view }: ReportedAsset): void {
    if (view.leader !== this.#server.name) return;
    this.totals[kind === 'stream' ? 'streamLeaders' : 'consumerLeaders']++;
  }

  #takeConsumer(consumer: Fields): void {
    this.#consumers.push(decodeConsumer(consumer, this.#server));
  }

  #takeStream(stream: Fields): void {
    const asset = decodeStream(stream, this.#server);
    // Older servers do not name the stream in each consumer.
    const groups = consumerRaftGroups(stream);
    for (const { view } of this.#consumers) {
      view.stream = asset.view.stream;
      view.raftGroup ||= groups.get(view.consumer) ?? '';
    }
    this.#page.push([asset, ...this.#consumers]);
    this.#consumers = [];
  }
}

/** No limit is 2^64 - 1 here. */
const limitAt = (from: Fields, key: string): number | null => {
  const value = numberAt(from, key);
  return value < 2 ** 63 ? value : null;
};

const usageOf = (account: Fields): JetStreamUsage => ({
  account: textAt(account, 'name'),
  accountId: textAt(account, 'id') || textAt(account, 'name'),
  memoryBytes: numberAt(account, 'memory'),
  storageBytes: numberAt(account, 'storage'),
  memoryReservedBytes: limitAt(account, 'reserved_memory'),
  storageReservedBytes: limitAt(account, 'reserved_storage'),
});

/** A part that is no JSON makes the whole answer wrong. */
function fieldsOf(json: string): Fields {
  const fields = parseFields(json);
  if (!fields) throw new SyntaxError('a part of the answer is not JSON');
  return fields;
}
