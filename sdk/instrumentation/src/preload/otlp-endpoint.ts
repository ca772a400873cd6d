import { readFileSync } from 'node:fs';
import { diag } from '@opentelemetry/api';

/** Where one signal goes, as the standard `OTEL_EXPORTER_OTLP_*` variables say. */
export interface OtlpEndpoint {
  url: URL;
  headers: Record<string, string>;
  gzip: boolean;
  /** Own certificate authority and client certificate, for `https:`. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
}

export type OtlpSignal = 'traces' | 'metrics' | 'logs';

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** A variable of the signal wins over the one for all signals (OTLP exporter specification). */
export function otlpEndpoint(env: NodeJS.ProcessEnv, signal: OtlpSignal): OtlpEndpoint {
  const own = (name: string): string | undefined =>
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`] || undefined;
  const shared = (name: string): string | undefined =>
    env[`OTEL_EXPORTER_OTLP_${name}`] || undefined;
  const either = (name: string): string | undefined => own(name) ?? shared(name);
  return {
    url:
      parseUrl(own('ENDPOINT')) ??
      parseUrl(withPath(shared('ENDPOINT'), signal)) ??
      new URL(withPath(DEFAULT_ENDPOINT, signal) ?? DEFAULT_ENDPOINT),
    headers: { ...parseHeaders(shared('HEADERS')), ...parseHeaders(own('HEADERS')) },
    gzip: either('COMPRESSION') === 'gzip',
    tls: {
      ...certificate('ca', either('CERTIFICATE')),
      ...certificate('cert', either('CLIENT_CERTIFICATE')),
      ...certificate('key', either('CLIENT_KEY')),
    },
  };
}

function withPath(base: string | undefined, signal: OtlpSignal): string | undefined {
  return base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/${signal}`;
}

function parseUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  try {
    return new URL(text);
  } catch {
    diag.warn(`cannot read the OTLP endpoint ${text}: not a URL`);
    return undefined;
  }
}

/** `key=value` pairs with commas between, percent-encoded as in W3C Baggage. */
function parseHeaders(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text?.split(',') ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    try {
      headers[pair.slice(0, at).trim()] = decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      diag.warn(`cannot read the OTLP header ${pair.slice(0, at)}: broken percent-encoding`);
    }
  }
  return headers;
}

function certificate(name: 'ca' | 'cert' | 'key', path: string | undefined) {
  if (path === undefined) return {};
  try {
    return { [name]: readFileSync(path) };
  } catch (error) {
    diag.warn(`cannot read the certificate file ${path}`, error);
    return {};
  }
}
