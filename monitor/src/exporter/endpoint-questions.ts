import { accountzBlocks } from '../endpoints/compat/accountz.ts';
import { accstatzBlocks } from '../endpoints/compat/accstatz.ts';
import { connzBlocks } from '../endpoints/compat/connz.ts';
import { flattenedBlocks } from '../endpoints/compat/flattened.ts';
import { gatewayzBlocks } from '../endpoints/compat/gatewayz.ts';
import { healthzBlocks } from '../endpoints/compat/healthz.ts';
import { jszBlocks, streamRows } from '../endpoints/compat/jsz.ts';
import { leafzBlocks } from '../endpoints/compat/leafz.ts';
import type { MetricBlock } from '../endpoints/compat/metric-block.ts';
import { type Fields, textAt } from '../endpoints/fields.ts';
import type { ServerClient } from '../transport/server-client.ts';
import { AccountDetails } from './account-details.ts';
import { DEFAULT_LIMITS, type Endpoint, type ExporterSettings } from './exporter-settings.ts';

export interface Asked {
  client: ServerClient;
  /** The server's `/varz` of this sweep, asked for once. */
  varz(): Promise<Fields>;
}

/** Asks a server for one endpoint; the answer is a function of the label `server_id`, known later. */
export interface Question {
  endpoint: Endpoint;
  ask(asked: Asked): Promise<(serverId: string) => MetricBlock[]>;
  /** What is true when the server gave no answer: nothing, but for `/healthz`. */
  unanswered?(serverId: string): MetricBlock[];
}

/** The questions of one sweep, in the order of their metrics. */
export function questionsOf(settings: ExporterSettings): Question[] {
  const { endpoints } = settings;
  const asked = [...endpoints].filter(
    // The details have the totals too.
    (endpoint) => endpoint !== 'connz' || !endpoints.has('connz_detailed'),
  );
  return asked.map((endpoint) => questionOf(endpoint, settings));
}

function questionOf(endpoint: Endpoint, settings: ExporterSettings): Question {
  const core = settings.prefix || 'gnatsd';
  switch (endpoint) {
    case 'varz':
      return { endpoint, ask: async ({ varz }) => flattened(await varz(), core, endpoint) };
    case 'routez':
    case 'subsz':
      return {
        endpoint,
        ask: async ({ client }) => flattened(await client.get(endpoint), core, endpoint),
      };
    case 'connz':
    case 'connz_detailed':
      return connzQuestion(core, endpoint);
    case 'healthz':
      return healthzQuestion(core, { endpoint, parameters: {} });
    case 'healthz_js_enabled_only':
      return healthzQuestion(core, { endpoint, parameters: { 'js-enabled-only': 'true' } });
    case 'healthz_js_server_only':
      return healthzQuestion(core, { endpoint, parameters: { 'js-server-only': 'true' } });
    case 'gatewayz':
      return plainQuestion(core, { endpoint, blocks: gatewayzBlocks });
    case 'leafz':
      return plainQuestion(core, { endpoint, blocks: leafzBlocks });
    case 'accstatz':
      return plainQuestion(core, { endpoint, blocks: accstatzBlocks, parameters: { unused: '1' } });
    case 'accountz':
      return accountzQuestion(core, settings.limits?.concurrency ?? DEFAULT_LIMITS.concurrency);
    case 'jsz':
      return jszQuestion(settings);
  }
}

const flattened = (answer: Fields, namespace: string, subsystem: string) => (serverId: string) =>
  flattenedBlocks(answer, { namespace, serverId, subsystem });

function plainQuestion(
  namespace: string,
  {
    endpoint,
    blocks,
    parameters,
  }: {
    endpoint: Endpoint;
    blocks(answer: Fields, place: { namespace: string; serverId: string }): MetricBlock[];
    parameters?: Record<string, string>;
  },
): Question {
  return {
    endpoint,
    ask: async ({ client }) => {
      const answer = await client.get(endpoint, parameters);
      return (serverId) => blocks(answer, { namespace, serverId });
    },
  };
}

function connzQuestion(namespace: string, endpoint: 'connz' | 'connz_detailed'): Question {
  const detailed = endpoint === 'connz_detailed';
  return {
    endpoint,
    ask: async ({ client }) => {
      const pages = await client.getConnz(detailed ? { auth: 'true' } : {});
      return (serverId) => connzBlocks(pages, { namespace, serverId, detailed });
    },
  };
}

function healthzQuestion(
  namespace: string,
  { endpoint, parameters }: { endpoint: Endpoint; parameters: Record<string, string> },
): Question {
  const blocks = (answer: Fields | null) => (serverId: string) =>
    healthzBlocks(answer, { namespace, serverId, subsystem: endpoint });
  return {
    endpoint,
    ask: async ({ client }) => blocks(await client.get('healthz', parameters)),
    unanswered: blocks(null),
  };
}

function accountzQuestion(namespace: string, concurrency: number): Question {
  const details = new AccountDetails(concurrency);
  return {
    endpoint: 'accountz',
    ask: async ({ client }) => {
      const answers = await details.ask(client);
      return (serverId) => accountzBlocks(answers, { namespace, serverId });
    },
  };
}

const JSZ_PARAMETERS = {
  accounts: { accounts: 'true' },
  streams: { streams: 'true' },
  consumers: { consumers: 'true', config: 'true', raft: 'true' },
};

function jszQuestion(settings: ExporterSettings): Question {
  const parameters = JSZ_PARAMETERS[settings.jszDetail ?? 'consumers'];
  return {
    endpoint: 'jsz',
    ask: async ({ client, varz }) => {
      const labels = {
        serverName: textAt(await varz(), 'server_name'),
        streamMetaKeys: settings.streamMetaKeys ?? [],
        consumerMetaKeys: settings.consumerMetaKeys ?? [],
      };
      const pages = await client.getJsz(parameters, (stream) => streamRows(stream, labels));
      const namespace = settings.prefix || 'jetstream';
      return (serverId) => jszBlocks(pages, { namespace, serverId, ...labels });
    },
  };
}
