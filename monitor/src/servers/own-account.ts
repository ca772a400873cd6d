import type { Msg } from '@nats-io/nats-core';
import {
  type Fields,
  fieldsAt,
  listAt,
  numberAt,
  parseFields,
  textAt,
  textsAt,
  timeAt,
} from '../endpoints/fields.ts';
import {
  decodeConsumer,
  decodeStream,
  placeAsset,
  type ReportedAsset,
} from '../endpoints/jetstream-asset.ts';
import { inWords } from '../errors.ts';
import type { MonitoringStatus } from './monitoring-server.ts';

export interface OwnAccountOptions {
  /** Asks over NATS what only reads; rejects when it is refused or not answered. */
  ask(subject: string, body: object | null, timeoutMs: number): Promise<Msg>;
  /** Name of the server that we are connected to. */
  serverName(): string;
  /** Of one request. */
  timeoutMs: number;
}

/** Who may not ask is left alone so long; permissions are rarely given while we look. */
const REFUSED_MS = 60_000;
const LISTS_AT_ONCE = 8;
/** Most pages of one list; JetStream gives 256 entries a page. */
const MAX_PAGES = 1000;
const API = '$JS.API';

/**
 * A tenant's view, where there is neither a monitoring URL nor a user of the system account: streams and
 * consumers of the account that we are connected to, as JetStream's API lists them. Each entry comes from
 * the asset's leader. Of servers and connections it knows nothing.
 */
export class OwnAccount {
  readonly #options: OwnAccountOptions;
  #refusedUntil = 0;
  #refusal = '';
  #status: MonitoringStatus | null = null;

  constructor(options: OwnAccountOptions) {
    this.#options = options;
  }

  /** Null as long as it never answered: most users that listen may not ask. */
  get status(): MonitoringStatus | null {
    return this.#status;
  }

  /** Why the last list could not be read, in words; '' when it could. */
  get refusal(): string {
    return this.#refusal;
  }

  /** Never rejects: what is wrong is in the status, and in `refusal`. */
  async assets(): Promise<ReportedAsset[]> {
    if (performance.now() < this.#refusedUntil) return [];
    try {
      const found = await this.#list();
      this.#refusal = found.error;
      const lastSuccess = (BigInt(Date.now()) * 1_000_000n).toString();
      const server = this.#options.serverName();
      this.#status = { url: API, up: true, server, version: '', lastSuccess, error: found.error };
      return found.assets;
    } catch (error) {
      const words = inWords(error);
      if (/permission/i.test(words)) this.#refusedUntil = performance.now() + REFUSED_MS;
      this.#refusal = `cannot read streams of the own account: ${words}`;
      if (this.#status) this.#status = { ...this.#status, up: false, error: this.#refusal };
      return [];
    }
  }

  async #list(): Promise<{ assets: ReportedAsset[]; error: string }> {
    const [info, account] = await Promise.all([this.#asked(`${API}.INFO`, null), this.#account()]);
    const place = { account, domain: textAt(info, 'domain') };
    const { entries, missing } = await this.#pages(`${API}.STREAM.LIST`, 'streams');
    const assets: ReportedAsset[] = [];
    const lost = [...missing];
    const rest = entries.values();
    const listNext = async (): Promise<void> => {
      for (const entry of rest) {
        const stream = { ...entry, name: textAt(fieldsAt(entry, 'config'), 'name') };
        assets.push(this.#placed(decodeStream(stream, this.#server(entry, place)), entry, place));
        if (numberAt(fieldsAt(entry, 'state'), 'consumer_count') === 0) continue;
        const consumers = await this.#pages(`${API}.CONSUMER.LIST.${stream.name}`, 'consumers');
        lost.push(...consumers.missing.map((name) => `${stream.name}/${name}`));
        for (const one of consumers.entries) {
          assets.push(this.#placed(decodeConsumer(one, this.#server(one, place)), one, place));
        }
      }
    };
    await Promise.all(Array.from({ length: LISTS_AT_ONCE }, listNext));
    const error = lost.length === 0 ? '' : `no answer from the leader of ${lost.join(', ')}`;
    return { assets, error };
  }

  #placed<Asset extends ReportedAsset>(asset: Asset, entry: Fields, place: Place): Asset {
    const now = (BigInt(Date.now()) * 1_000_000n).toString();
    placeAsset(asset, { account: place.account, time: timeAt(entry, 'ts') ?? now });
    return asset;
  }

  /** Who gave this entry: the API has every asset's leader answer for it. */
  #server(entry: Fields, { domain }: Place) {
    const cluster = fieldsAt(entry, 'cluster');
    const name = textAt(cluster, 'leader') || this.#options.serverName();
    return { id: '', version: '', name, cluster: textAt(cluster, 'name'), domain };
  }

  async #pages(subject: string, key: string): Promise<{ entries: Fields[]; missing: string[] }> {
    const entries: Fields[] = [];
    const missing: string[] = [];
    for (let page = 0, offset = 0; page < MAX_PAGES; page++) {
      const answer = await this.#asked(subject, { offset });
      const more = listAt(answer, key);
      entries.push(...more);
      missing.push(...textsAt(answer, 'missing'));
      offset += more.length;
      if (more.length === 0 || offset >= numberAt(answer, 'total')) break;
    }
    return { entries, missing };
  }

  async #asked(subject: string, body: object | null): Promise<Fields> {
    const answer = parseFields(
      (await this.#options.ask(subject, body, this.#options.timeoutMs)).string(),
    );
    const error = answer && fieldsAt(answer, 'error');
    if (!error) throw new Error(`the answer to ${subject} is not JSON`);
    if (numberAt(error, 'code') > 0) throw new Error(textAt(error, 'description'));
    return answer;
  }

  /** '' for a user that may not ask for it. */
  async #account(): Promise<string> {
    const answer = await this.#asked('$SYS.REQ.USER.INFO', null).catch(() => ({}));
    return textAt(fieldsAt(answer, 'data'), 'account');
  }
}

interface Place {
  account: string;
  domain: string;
}
