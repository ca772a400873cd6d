import type { EdgeKind, NodeKind } from '@hopline/model/api';
import {
  type Icon,
  IconBox,
  IconDatabase,
  IconHash,
  IconPlugConnected,
  IconStackPop,
} from '@tabler/icons-react';

interface KindLook {
  icon: Icon;
  label: string;
  meaning: string;
}

/** Each kind has an icon, a word and a shape (map.module.css): colour never stands alone. */
export const NODE_LOOK: Readonly<Record<NodeKind, KindLook>> = {
  service: { icon: IconBox, label: 'Service', meaning: 'an instrumented process' },
  subject: { icon: IconHash, label: 'Subject', meaning: 'tokens that vary are written *' },
  stream: { icon: IconDatabase, label: 'Stream', meaning: 'with its subjects and consumers' },
  consumer: { icon: IconStackPop, label: 'Consumer', meaning: 'JetStream, with its backlog' },
  client: {
    icon: IconPlugConnected,
    label: 'Client',
    meaning: 'not instrumented; known from the servers',
  },
};

export const EDGE_LABEL: Readonly<Record<EdgeKind, string>> = {
  publish: 'publishes to',
  store: 'is stored in',
  source: 'is read by',
  consume: 'is handled by',
  subscribe: 'is received by',
  request: 'asks, and awaits a reply, on',
  http: 'calls over HTTP',
};
