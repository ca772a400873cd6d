import { propagation, type TextMapPropagator } from '@opentelemetry/api';

const W3C_FIELDS = ['traceparent', 'tracestate', 'baggage'];

interface WithPropagator {
  _getGlobalPropagator?(): TextMapPropagator;
}

let asked: TextMapPropagator | undefined;
let answer = false;

/**
 * True while the application's propagator reads and writes the W3C headers and no others. Then a context
 * without baggage and trace state is one header of known form, which needs no map to write or read.
 */
export function propagatesW3cOnly(): boolean {
  // The API has no public way to see the propagator itself; `fields()` alone makes an array each time.
  const propagator = (propagation as unknown as WithPropagator)._getGlobalPropagator?.();
  if (propagator === undefined) return false;
  if (propagator !== asked) {
    asked = propagator;
    const fields = propagator.fields();
    answer = fields.includes('traceparent') && fields.every((field) => W3C_FIELDS.includes(field));
  }
  return answer;
}
