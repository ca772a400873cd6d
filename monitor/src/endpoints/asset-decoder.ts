import { ElementCutter } from './element-cutter.ts';
import { type Fields, listAt, numberAt, parseFields, textAt, timeAt } from './fields.ts';
import { decodeConsumer, decodeStream, placeAsset, type ReportedAsset } from './jetstream-asset.ts';
import { metaPeers } from './server-parts.ts';
import type { ServerIdentity } from './varz.ts';

const STREAMS_KEY = 'stream_detail';
const CONSUMERS_KEY = 'consumer_detail';

/**
 * Turns the pages of `/jsz?accounts=true&streams=true&consumers=true&config=true` into reports while they
 * come: an answer of 40 MB is never held whole, nor a stream with 10,000 consumers.
 */
export class AssetDecoder {
  readonly assets: ReportedAsset[] = [];
  /** Servers that the meta group names besides this one. */
  readonly peers: string[] = [];
  /** On this server, replicas included. */
  totals = { streams: 0, consumers: 0 };
  readonly #server: ServerIdentity;
  #page: ReportedAsset[][] = [];
  #consumers: ReportedAsset[] = [];

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
        }
      }
    }
    this.#page = [];
    this.peers.push(...metaPeers(rest));
    this.totals = { streams: numberAt(rest, 'streams'), consumers: numberAt(rest, 'consumers') };
    return true;
  }

  #takeConsumer(consumer: Fields): void {
    this.#consumers.push(decodeConsumer(consumer, this.#server));
  }

  #takeStream(stream: Fields): void {
    const asset = decodeStream(stream, this.#server);
    // Older servers do not name the stream in each consumer.
    for (const { view } of this.#consumers) view.stream = asset.view.stream;
    this.#page.push([asset, ...this.#consumers]);
    this.#consumers = [];
  }
}

/** A part that is no JSON makes the whole answer wrong. */
function fieldsOf(json: string): Fields {
  const fields = parseFields(json);
  if (!fields) throw new SyntaxError('a part of the answer is not JSON');
  return fields;
}
