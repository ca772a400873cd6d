import { MonitorSettingsError } from '../errors.ts';
import { httpBase } from '../transport/http-base.ts';
import type { NatsSettings } from '../transport/nats-settings.ts';
import { type ClientLimits, SERVER_PAGE_SIZE } from '../transport/server-client.ts';
import type { SurveyorFolders } from './surveyor-configs.ts';

/** The endpoints that can be asked for; each becomes the subsystem in the names of its metrics. */
export const ENDPOINTS = [
  'varz',
  'connz',
  'connz_detailed',
  'healthz',
  'healthz_js_enabled_only',
  'healthz_js_server_only',
  'gatewayz',
  'accstatz',
  'accountz',
  'leafz',
  'routez',
  'subsz',
  'jsz',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

export const JSZ_DETAILS = ['accounts', 'streams', 'consumers'] as const;
export type JszDetail = (typeof JSZ_DETAILS)[number];

export interface ExporterSettings {
  /** `URL`, or `ID,URL` where the label `server_id` shall be ID. */
  servers: readonly string[];
  endpoints: ReadonlySet<Endpoint>;
  /** How deep `/jsz` is read; needed with the endpoint `jsz`. */
  jszDetail?: JszDetail | undefined;
  streamMetaKeys?: readonly string[] | undefined;
  consumerMetaKeys?: readonly string[] | undefined;
  /** Replaces both `gnatsd` and `jetstream`. */
  prefix?: string | undefined;
  /** Where the label `server_id` comes from. Default: the given ID, else scheme and host of the URL. */
  serverIdFrom?: 'url' | 'server_id' | 'server_name' | undefined;
  /** Path of a CA certificate for https URLs. */
  tlsCa?: string | undefined;
  /** Paths of a client certificate and its key, for servers that ask for one. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  /** Hopline's own names instead (docs/metrics.md); `endpoints` and what is below mean nothing then. */
  native?: NativeSettings | undefined;
  /** Servers are named by the scraper, `/probe?target=URL`; there need be no others. */
  probe?: boolean | undefined;
  /**
   * Sweeps begin by themselves, so far apart, and scrapes get the last one at once. Default: when somebody
   * scrapes, slow endpoints just before. Native mode has its own.
   */
  intervalMs?: number | undefined;
  limits?: Partial<ExporterLimits> | undefined;
}

export interface NativeSettings {
  /** Between two sweeps. Default 10 s. */
  intervalMs?: number | undefined;
  /** Series of streams and consumers at most. Default 200,000. */
  maxSeries?: number | undefined;
  /** Whose names the metrics have. Default `hopline`. */
  names?: 'hopline' | 'surveyor' | undefined;
  /** A user of the system account: finds all servers and asks those that no URL leads to. */
  system?: NatsSettings | undefined;
  /** With surveyor's names and `system`: accounts and services to hear. */
  folders?: SurveyorFolders | undefined;
}

export interface ExporterLimits extends ClientLimits {
  /** Answers this young serve the next scraper too. */
  shareMs: number;
  /** Requests for accounts at a time. */
  concurrency: number;
}

export const DEFAULT_LIMITS: ExporterLimits = {
  timeoutMs: 10_000,
  maxBodyBytes: 256 * 1024 * 1024,
  shareMs: 1000,
  pageSize: SERVER_PAGE_SIZE,
  maxPages: 1000,
  concurrency: 4,
};

export interface ServerAddress {
  id: string;
  /** With one slash at its end: the server redirects `//varz`. */
  base: URL;
}

/** Throws MonitorSettingsError for what is neither `URL` nor `ID,URL`. */
export function parseServerAddress(text: string): ServerAddress {
  const comma = text.lastIndexOf(',');
  const given = text.slice(comma + 1);
  const base = httpBase(given);
  const id = comma >= 0 ? text.slice(0, comma) : `${base.protocol}//${base.host}`;
  return { id, base };
}

const META_KEY = /^[a-zA-Z0-9_]+$/;

/** Throws MonitorSettingsError for what can never work, before anything is opened. */
export function checkSettings(settings: ExporterSettings): void {
  if (settings.servers.length === 0 && !settings.probe && !settings.native?.system) {
    throw new MonitorSettingsError(
      'cannot export from no server: give a monitoring URL, or the system account',
    );
  }
  if (Boolean(settings.tlsCert) !== Boolean(settings.tlsKey)) {
    throw new MonitorSettingsError(
      'cannot show a certificate to servers: give the certificate and its key',
    );
  }
  for (const key of [...(settings.streamMetaKeys ?? []), ...(settings.consumerMetaKeys ?? [])]) {
    if (!META_KEY.test(key)) {
      throw new MonitorSettingsError(
        `cannot make a label of metadata key ${JSON.stringify(key)}: letters, digits and _ only`,
      );
    }
  }
  if (settings.prefix && !/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(settings.prefix)) {
    throw new MonitorSettingsError(
      `cannot use prefix ${JSON.stringify(settings.prefix)}: letters, digits, _ and : only`,
    );
  }
}
