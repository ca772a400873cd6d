import { uuidV7 } from './ids.ts';

/** What a message says about itself, whatever its data. */
export interface Envelope<Data = unknown> {
  /** Not empty; the same for every repetition of the message. */
  readonly id: string;
  /** What happened, as `shop.order.created`. */
  readonly type: string;
  /** RFC 3339 in UTC, with a `Z`: when it happened. */
  readonly timestamp: string;
  readonly data: Data;
}

export type Checked<T> = { ok: true; value: T } | { ok: false; problems: readonly string[] };

const UTC =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** A new envelope: a UUIDv7 and the time of this moment unless given. Throws `TypeError` on a bad part. */
export function envelope<Data>(
  type: string,
  data: Data,
  given: { id?: string; timestamp?: string | Date } = {},
): Envelope<Data> {
  const at = given.timestamp ?? new Date();
  const made = {
    id: given.id ?? uuidV7(),
    type,
    timestamp: typeof at === 'string' ? at : at.toISOString(),
    data,
  };
  const checked = checkEnvelope(made);
  if (checked.ok) return made;
  throw new TypeError(`cannot make an envelope: ${checked.problems.join('; ')}`);
}

/** Says everything that is wrong, not only the first. Properties beyond the four are let through. */
export function checkEnvelope(value: unknown): Checked<Envelope> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problems: ['not an object'] };
  }
  const { id, type, timestamp, data } = value as Record<string, unknown>;
  const problems = [
    ...notText('id', id),
    ...notText('type', type),
    ...(isUtc(timestamp) ? [] : [`timestamp: not a UTC time of RFC 3339: ${shown(timestamp)}`]),
    ...(data === undefined ? ['data: missing'] : []),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: value as Envelope };
}

export function encodeEnvelope(value: Envelope): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function decodeEnvelope(payload: Uint8Array): Checked<Envelope> {
  const parsed = parseJson(payload);
  return parsed.ok ? checkEnvelope(parsed.value) : parsed;
}

export function parseJson(payload: Uint8Array): Checked<unknown> {
  try {
    return {
      ok: true,
      value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)),
    };
  } catch (error) {
    return { ok: false, problems: [`not JSON: ${(error as Error).message}`] };
  }
}

export function isUtc(value: unknown): value is string {
  return typeof value === 'string' && UTC.test(value) && isRealDay(value);
}

/** `Date` turns 30 February into 1 March: what comes back must be what went in. */
function isRealDay(utc: string): boolean {
  const time = new Date(`${utc.slice(0, 19)}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === utc.slice(0, 10);
}

function notText(name: string, value: unknown): string[] {
  return typeof value === 'string' && value !== ''
    ? []
    : [`${name}: not a text that says something: ${shown(value)}`];
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80);
}
