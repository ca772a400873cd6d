import { ATTR } from '@hopline/model';
import type { Meter, ObservableResult } from '@opentelemetry/api';
import {
  CONNECTION_STATES,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-event.ts';

/**
 * Gives what must hear the connection's events. `messaging.nats.connection.up` is 1 for the state that
 * the connection is in and 0 for the others.
 */
export function measureConnection(
  meter: Meter,
  connection: { readonly name: string; readonly state: ConnectionState },
): (event: ConnectionEvent) => void {
  const base = { [ATTR.connectionName]: connection.name };
  const state = meter.createObservableGauge('messaging.nats.connection.up', {
    description: '1 for the state that the connection is in, 0 for the others.',
  });
  const observe = (result: ObservableResult): void => {
    for (const each of CONNECTION_STATES) {
      const value = each === connection.state ? 1 : 0;
      result.observe(value, { ...base, [ATTR.connectionState]: each });
    }
  };
  state.addCallback(observe);
  const attempts = meter.createCounter('messaging.nats.connection.attempts', {
    unit: '{attempt}',
    description: 'Dials made, the first one included.',
  });
  const outage = meter.createHistogram('messaging.nats.connection.outage.duration', {
    unit: 's',
    description: 'From the loss of a connection to the next one.',
    advice: { explicitBucketBoundaries: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300] },
  });
  const failures = meter.createCounter('messaging.nats.connection.failures', {
    unit: '{failure}',
    description: 'Callbacks that threw, credentials that could not be read, errors of the server.',
  });
  return (event) => {
    if (event.type === 'attempt') attempts.add(1, base);
    else if (event.type !== 'state') failures.add(1, { ...base, [ATTR.errorType]: event.type });
    else if (event.outageMs !== undefined) outage.record(event.outageMs / 1_000, base);
    if (event.type === 'state' && event.to === 'closed') state.removeCallback(observe);
  };
}
