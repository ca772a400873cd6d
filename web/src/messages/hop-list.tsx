import type { Egress, MessageResponse } from '@hopline/model/api';
import {
  IconAlertTriangle,
  IconCornerDownRight,
  IconPlant2,
  IconServer2,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type HopRow, hopTree } from './hop-tree.ts';
import styles from './message-path.module.css';
import { OffsetText } from './offset-text.tsx';

const INGRESS: Readonly<Record<string, string>> = {
  client: 'from the publisher',
  router: 'over a route',
  gateway: 'over a gateway',
  leaf: 'over a leaf connection',
  account: 'from another account',
  system: 'from the system',
  jetstream: 'from JetStream',
};
const MAX_EGRESSES = 4;

/** Every server on the way, in the tree of their hop ids; one that never reported is shown as missing. */
export function HopList({ message }: { message: MessageResponse }): ReactNode {
  const rows = hopTree(message.hops, message.missingHops);
  if (rows.length === 0) {
    return (
      <div className={styles.card} data-muted>
        <span className="quiet">No server reported this message.</span>
        <p className={styles.line}>
          Set <code>msg_trace</code> on the account to see each server, route and leaf.
        </p>
      </div>
    );
  }
  return (
    <ol className={styles.hops}>
      {rows.map((row) => (
        <li
          key={`${row.id}/${row.hop?.serverId}`}
          style={{ marginLeft: Math.min(row.depth, 5) * 14 }}
        >
          <HopCard row={row} publishedAt={message.time} />
        </li>
      ))}
    </ol>
  );
}

function HopCard({ row, publishedAt }: { row: HopRow; publishedAt: string }): ReactNode {
  const { hop } = row;
  if (!hop) {
    return (
      <div className={styles.card} data-missing>
        <span className={styles.server}>
          <IconAlertTriangle size={14} aria-hidden /> Server did not report
        </span>
        <p className={styles.line}>
          {row.id === '' ? 'the first server' : `hop ${row.id}`}: announced, its trace event never
          came
        </p>
      </div>
    );
  }
  const isLeaf =
    hop.ingressKind === 'leaf' || hop.egresses.some((egress) => egress.kind === 'leaf');
  const Shape = row.depth > 0 ? IconCornerDownRight : isLeaf ? IconPlant2 : IconServer2;
  return (
    <div
      className={styles.card}
      data-error={hop.error !== '' || hop.storeError !== '' || undefined}
    >
      <span className={styles.server}>
        <Shape size={14} className={styles.glyph} aria-hidden />
        <strong className="ellipsis">{hop.server}</strong>
        {hop.cluster !== '' && hop.cluster !== hop.server && (
          <span className="quiet ellipsis">{hop.cluster}</span>
        )}
      </span>
      <p className={styles.line}>
        {INGRESS[hop.ingressKind] ?? `from ${hop.ingressKind}`}
        {' · '}
        <OffsetText from={publishedAt} to={hop.time} />
      </p>
      {[hop.error, hop.storeError].filter(Boolean).map((error) => (
        <p key={error} className={styles.error}>
          {error}
        </p>
      ))}
      <EgressList egresses={hop.egresses.filter((egress) => egress.hop === '')} />
    </div>
  );
}

/** The clients that this server handed the message to. */
function EgressList({ egresses }: { egresses: readonly Egress[] }): ReactNode {
  if (egresses.length === 0) return null;
  const rest = egresses.length - MAX_EGRESSES;
  return (
    <ul className={styles.egresses}>
      {egresses.slice(0, MAX_EGRESSES).map((egress) => (
        <li
          key={`${egress.connectionId}/${egress.subscription}/${egress.queue}`}
          title={`connection ${egress.connectionId}, subscription ${egress.subscription}`}
          data-error={egress.error !== '' || undefined}
        >
          <span className="ellipsis">
            → {egress.name || `${egress.kind} ${egress.connectionId}`}
          </span>
          {egress.queue !== '' && <span className="quiet">queue {egress.queue}</span>}
          {egress.error !== '' && <span>{egress.error}</span>}
        </li>
      ))}
      {rest > 0 && <li className="quiet">and {rest} more</li>}
    </ul>
  );
}
