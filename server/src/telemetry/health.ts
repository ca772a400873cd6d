import type { StatusResponse } from '@hopline/model/api';

/** Body of `/readyz`: what a load balancer needs, and what a person looks for first. */
export interface Readiness {
  /** Data is taken and questions are answered. NATS being down does not make it false. */
  ready: boolean;
  doors: 'open' | 'closing';
  store: StatusResponse['store'] & { schema: 'ready' | 'waiting'; error: string };
  nats: StatusResponse['nats'];
  monitor: StatusResponse['monitor'];
  journal: StatusResponse['journal'];
}

export function readiness(parts: Omit<Readiness, 'ready'>): Readiness {
  const { doors, store } = parts;
  const ready = doors === 'open' && store.state === 'ready' && store.schema === 'ready';
  return { ready, ...parts };
}
