import { ATTR } from '@hopline/model';
import { sqlString } from '../chdb/literal.ts';

/** SQL: the value of one attribute, '' when the map lacks it. */
export const attribute = (map: string, key: string): string => `${map}[${sqlString(key)}]`;

/** SQL: an attribute that is a whole number, 0 when it is absent or is not one. */
export const unsignedAttribute = (map: string, key: string, bits: 32 | 64): string =>
  `toUInt${bits}OrZero(${attribute(map, key)})`;

/** SQL: an id of exactly `size` bytes; one of any other length is nobody's, so zero bytes. */
export const idBytes = (id: string, size: 8 | 16): string =>
  `toFixedString(if(length(${id}) = ${size}, ${id}, ''), ${size})`;

/**
 * SQL: an enum's number as Int8, 0 for one past `last`. Without AND: the analyser's pass over logical
 * expressions takes a third of the statement's whole analysis, and only when it finds one.
 */
export const knownEnum = (value: string, last: number): string =>
  `toInt8(multiIf(${value} < 0, 0, ${value} > ${last}, 0, ${value}))`;

/** SQL: Unix ns (UInt64) as the engine's time. */
export const timeOf = (ns: string): string =>
  `fromUnixTimestamp64Nano(reinterpretAsInt64(${ns}), 'UTC')`;

/** What OpenTelemetry's SDKs call a service that has no name. */
const UNKNOWN_SERVICE = 'unknown_service';

/** SQL: the service of a resource map. */
export function serviceOf(map: string): string {
  const name = attribute(map, ATTR.serviceName);
  return `if(${name} = '', '${UNKNOWN_SERVICE}', ${name})`;
}
