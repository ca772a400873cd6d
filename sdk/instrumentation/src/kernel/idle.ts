import {
  ProxyTracer,
  ProxyTracerProvider,
  propagation,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/**
 * Tells whether spans of a tracer can reach anyone. An application without an SDK has the API's proxy,
 * which may get a provider at any time; so the question is asked anew for each message and is cheap.
 */
export class TracerWatch {
  #tracer: Tracer | undefined;
  /** The provider that the tracer waits for; undefined when the tracer is a real one. */
  #proxy: ProxyTracerProvider | undefined;

  isIdle(tracer: Tracer): boolean {
    if (tracer !== this.#tracer) this.#watch(tracer);
    if (this.#proxy === undefined || this.#proxy.getDelegateTracer('')) return false;
    // A propagator alone carries an active context of the application onward.
    return !hasPropagator();
  }

  #watch(tracer: Tracer): void {
    this.#tracer = tracer;
    const provider = trace.getTracerProvider();
    const waits = tracer instanceof ProxyTracer && provider instanceof ProxyTracerProvider;
    this.#proxy = waits ? provider : undefined;
  }
}

function hasPropagator(): boolean {
  try {
    return propagation.fields().length > 0;
  } catch {
    return true;
  }
}
