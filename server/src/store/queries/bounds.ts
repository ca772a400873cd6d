import type { UnixNs } from '@hopline/model';

/** What every question carries: no query reads all of time or runs for ever. Both ends inclusive. */
export interface Bounds {
  from: UnixNs;
  to: UnixNs;
  timeoutMs: number;
}

/** Condition that keeps `column`, a DateTime64(9), within the bounds. */
export const within = (column: string): string =>
  `${column} >= fromUnixTimestamp64Nano({from:Int64}, 'UTC')` +
  ` AND ${column} <= fromUnixTimestamp64Nano({to:Int64}, 'UTC')`;

export const boundParams = ({ from, to }: Bounds): { from: bigint; to: bigint } => ({ from, to });

/**
 * Membership in hex ids bound as `{name:Array(String)}`. A subquery, because the bloom indexes are used
 * for a set and for has(), and a set stays quick for thousands of ids.
 */
export const idIn = (column: string, name: string, bytes: 8 | 16): string =>
  `${column} IN (SELECT toFixedString(unhex(arrayJoin({${name}:Array(String)})), ${bytes}))`;

/** A FixedString id as lower-case hex; '' for zero bytes. */
export const hexId = (column: string, bytes: 8 | 16): string =>
  `if(${column} = toFixedString('', ${bytes}), '', lower(hex(${column})))`;
