import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MAX_TIME_MS = 2 ** 48 - 1;

/** Where an id's time and randomness come from; the default is the clock and the system's generator. */
export interface IdSource {
  nowMs(): number;
  random(bytes: number): Uint8Array;
}
const SYSTEM: IdSource = { nowMs: Date.now, random: (bytes) => randomBytes(bytes) };

/** 26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random bits. Sorts by time. */
export function ulid(source: IdSource = SYSTEM): string {
  const bits = (timeOf(source) << 80n) | bigOf(source.random(10));
  let text = '';
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += CROCKFORD[Number((bits >> shift) & 31n)];
  return text;
}

/** RFC 9562, version 7: 48 bits of milliseconds, 74 random bits. Sorts by time. */
export function uuidV7(source: IdSource = SYSTEM): string {
  const random = bigOf(source.random(10));
  const randomA = (random >> 62n) & 0xfffn;
  const randomB = random & ((1n << 62n) - 1n);
  const bits = (timeOf(source) << 80n) | (7n << 76n) | (randomA << 64n) | (2n << 62n) | randomB;
  const hex = bits.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function timeOf(source: IdSource): bigint {
  const nowMs = source.nowMs();
  if (nowMs >= 0 && nowMs <= MAX_TIME_MS) return BigInt(Math.floor(nowMs));
  throw new RangeError(`cannot make an id at ${nowMs}: outside of 48 bits`);
}

function bigOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
