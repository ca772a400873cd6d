import { setTimeout as sleep } from 'node:timers/promises';
import type { TopologyResponse } from '@hopline/model/api';
import { ApiClient } from '../api/api-client.ts';

const DEADLINE_MS = 45_000;
const POLL_MS = 500;

/** From the shop's door to the warehouse behind the leaf node: with these, an order went all the way. */
const WAY_OF_AN_ORDER = ['gateway', 'payment', 'fraud', 'inventory', 'shipping', 'edge-labels'];

export interface Traffic {
  /** Services on the map. */
  services: number;
  /** False when the deadline passed before an order went all the way. */
  isComplete: boolean;
}

/** Polls the map until an order has gone all the way, the deadline passes, or `signal` is aborted. */
export async function waitForTraffic(uiUrl: string, signal: AbortSignal): Promise<Traffic> {
  const client = new ApiClient(uiUrl);
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const services = servicesOf(await client.get('topology'));
    const isComplete = WAY_OF_AN_ORDER.every((name) => services.has(name));
    if (isComplete || performance.now() > deadline) return { services: services.size, isComplete };
    await sleep(POLL_MS, undefined, { signal });
  }
}

const servicesOf = ({ nodes }: TopologyResponse): Set<string> =>
  new Set(nodes.filter(({ kind }) => kind === 'service').map(({ label }) => label));
