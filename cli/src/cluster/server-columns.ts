import type { ServerView } from '@hopline/model/api';
import { bytesText, countText, rateText } from '../figure-text.ts';
import type { ListColumn } from '../list-table.ts';
import type { Style } from '../terminal-text.ts';

const STATE_STYLE: Readonly<Record<ServerView['state'], Style>> = {
  up: 'good',
  'lame duck': 'warning',
  stopped: 'dim',
  down: 'bad',
  'monitoring lost': 'warning',
  silent: 'warning',
};

type Figures = NonNullable<ServerView['figures']>;

/** A server as a line of `hopline servers` and `hopline top`. What it did not say is a dash. */
export const SERVER_COLUMNS: readonly ListColumn<ServerView>[] = [
  { key: 'name', heading: 'SERVER', text: ({ name }) => name, sortValue: ({ name }) => name },
  {
    key: 'cluster',
    goes: 1,
    heading: 'CLUSTER',
    text: ({ cluster }) => cluster || '–',
    sortValue: ({ cluster }) => cluster,
  },
  {
    key: 'state',
    heading: 'STATE',
    text: ({ state, health }) => (state === 'up' && health === 'error' ? 'not healthy' : state),
    style: ({ state, health }) => (health === 'error' ? 'bad' : STATE_STYLE[state]),
    sortValue: ({ state }) => state,
  },
  {
    key: 'version',
    goes: 5,
    heading: 'VERSION',
    text: ({ version }) => version || '–',
    sortValue: ({ version }) => version,
  },
  figure(
    'cpu',
    'CPU',
    ({ cpuPercent }) => cpuPercent,
    (value) => `${Math.round(value)}%`,
  ),
  { ...figure('memory', 'MEMORY', ({ memoryBytes }) => memoryBytes, bytesText), goes: 2 },
  figure('connections', 'CONNS', ({ connections }) => connections, countText),
  figure('in', 'IN', ({ inMsgsPerSecond }) => inMsgsPerSecond, rateText),
  figure('out', 'OUT', ({ outMsgsPerSecond }) => outMsgsPerSecond, rateText),
  { ...figure('slow', 'SLOW', ({ slowConsumers }) => slowConsumers, countText), goes: 4 },
  {
    key: 'storage',
    goes: 3,
    heading: 'JETSTREAM',
    isNumber: true,
    text: ({ jetstream }) =>
      jetstream
        ? `${bytesText(jetstream.storageBytes)}${jetstream.isMetaLeader ? ' ★' : '  '}`
        : '–  ',
    sortValue: ({ jetstream }) => jetstream?.storageBytes ?? null,
  },
];

function figure(
  key: string,
  heading: string,
  ...[of, text]: [(figures: Figures) => number | null, (value: number) => string]
): ListColumn<ServerView> {
  const value = ({ figures }: ServerView): number | null => (figures ? of(figures) : null);
  return {
    key,
    heading,
    isNumber: true,
    text: (row) => {
      const known = value(row);
      return known === null ? '–' : text(known);
    },
    sortValue: value,
  };
}
