import { propagation, type TextMapPropagator } from '@opentelemetry/api';
import { CARRIES_REQUEST_ID } from '../propagation/request-id-propagator.ts';

const W3C_FIELDS = ['traceparent', 'tracestate', 'baggage'];
/** Its presence is looked for in the context and in the header block, as that of baggage is. */
const WITH_REQUEST_ID = [...W3C_FIELDS, 'x-trace-id'];

interface WithPropagator {
  _getGlobalPropagator?(): TextMapPropagator;
}

let asked: TextMapPropagator | undefined;
let answer = false;

/**
 * True while the application's propagator reads and writes the W3C headers and no others
 * but perhaps `X-Trace-ID`. Then a context
 * without baggage and trace state is one header of known form, which needs no map to write or read.
 */
export function propagatesW3cOnly(): boolean {
  // The API has no public way to see the propagator itself; `fields()` alone makes an array each time.
  const propagator = (propagation as unknown as WithPropagator)._getGlobalPropagator?.();
  if (propagator === undefined) return false;
  if (propagator !== asked) {
    asked = propagator;
    const fields = propagator.fields();
    const known = CARRIES_REQUEST_ID in propagator ? WITH_REQUEST_ID : W3C_FIELDS;
    answer = fields.includes('traceparent') && fields.every((field) => known.includes(field));
  }
  return answer;
}
