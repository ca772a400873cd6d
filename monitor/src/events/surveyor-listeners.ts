import type { Msg } from '@nats-io/nats-core';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { SurveyorEvents } from '../native/surveyor-events.ts';
import { Connection, type ConnectionState, type Subscription } from '../transport/connection.ts';
import type { NatsSettings } from '../transport/nats-settings.ts';
import { eventBody } from './event-body.ts';

/** A user of an account, and what it is to hear: all of JetStream there, or the latency of one service. */
export interface SurveyorListener {
  hears: { account: string } | { service: string; subject: string };
  nats: NatsSettings;
}

/** Everything, the audit of API calls too: it has a metric. */
const JETSTREAM = ['$JS.EVENT.ADVISORY.>', '$JS.EVENT.METRIC.>'];

/** Connections that count what accounts and services tell, for `nats_jetstream_*` and `nats_latency_*`. */
export class SurveyorListeners implements AsyncDisposable {
  readonly #events = new SurveyorEvents();
  readonly #connections: { connection: Connection; isService: boolean }[];

  /** Throws MonitorSettingsError for a server URL that can never work. */
  constructor(
    listeners: readonly SurveyorListener[],
    onState: (state: ConnectionState) => void = () => undefined,
  ) {
    this.#connections = listeners.map(({ hears, nats }) => ({
      isService: 'service' in hears,
      connection: new Connection({ nats, subscriptions: this.#subscriptionsOf(hears), onState }),
    }));
  }

  blocks(): MetricBlock[] {
    const up = this.#connections.filter(({ connection }) => connection.state.state === 'connected');
    const services = up.filter(({ isService }) => isService).length;
    return this.#events.blocks({ accounts: up.length - services, services });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#connections.map(({ connection }) => connection[Symbol.asyncDispose]()));
  }

  #subscriptionsOf(hears: SurveyorListener['hears']): Subscription[] {
    if ('service' in hears) {
      const { service, subject } = hears;
      return [
        { subject, onMessage: (message) => this.#events.takeLatency(service, textOf(message)) },
      ];
    }
    return JETSTREAM.map((subject) => ({
      subject,
      onMessage: (message) => this.#events.takeJetStream(hears.account, textOf(message)),
    }));
  }
}

/** '' for what cannot be unpacked: it is counted as no event. */
function textOf({ data, headers }: Msg): string {
  try {
    return eventBody(data, headers?.get('Content-Encoding') ?? '');
  } catch {
    return '';
  }
}
