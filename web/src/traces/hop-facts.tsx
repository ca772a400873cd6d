import { formatDuration } from '@hopline/model';
import type { Hop } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { bytesLabel } from '../ui/number-text.ts';
import { PanelSection } from '../ui/side-panel.tsx';
import { TimeText } from '../ui/time-text.tsx';
import styles from './waterfall.module.css';

/** What one server reported of a message. */
export function HopFacts({ hop, offsetMs }: { hop: Hop; offsetMs: number }): ReactNode {
  const rows: [string, ReactNode][] = [
    ['Took it from', hop.ingressName ? `${hop.ingressKind} ${hop.ingressName}` : hop.ingressKind],
    [
      'At',
      <span key="at">
        <TimeText ns={hop.time} />{' '}
        <span className="quiet">+{formatDuration(BigInt(Math.round(offsetMs * 1e6)))}</span>
      </span>,
    ],
    ['Subject', <code key="subject">{hop.subject}</code>],
    ['Size', bytesLabel(hop.sizeBytes)],
    ['Hop', hop.hop === '' ? 'first' : hop.hop],
  ];
  for (const [name, value] of [
    ['Cluster', hop.cluster],
    ['Domain', hop.domain],
    ['Account', hop.account],
    ['Stream', hop.stream],
    ['Version', hop.version],
  ] as const) {
    if (value !== '') rows.push([name, value]);
  }
  if (hop.storeTime !== null) {
    rows.push(['Stored at', <TimeText key="stored" ns={hop.storeTime} />]);
  }
  return (
    <>
      {[hop.error, hop.storeError].filter(Boolean).map((error) => (
        <p key={error} className={styles.spanError} role="note">
          {error}
        </p>
      ))}
      <PanelSection title="Server">
        <KeyValueList rows={rows} />
      </PanelSection>
      <PanelSection title={`Sent on to (${hop.egresses.length})`}>
        <KeyValueList
          rows={hop.egresses.map((egress, index) => [
            `${index + 1}. ${egress.kind}`,
            <span key={egress.connectionId}>
              {egress.name || `connection ${egress.connectionId}`}
              {egress.hop !== '' && <span className="quiet"> as hop {egress.hop}</span>}
              {egress.subscription !== '' && (
                <>
                  {' '}
                  for <code>{egress.subscription}</code>
                </>
              )}
              {egress.queue !== '' && <span className="quiet"> queue {egress.queue}</span>}
              {egress.error !== '' && <strong> {egress.error}</strong>}
            </span>,
          ])}
        />
      </PanelSection>
    </>
  );
}
