import type { StatusResponse } from '@hopline/model/api';
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useStatus } from '../api/status.ts';
import { Answered } from '../ui/answered.tsx';
import { KeyValueList } from '../ui/key-value-list.tsx';
import { bytesLabel } from '../ui/number-text.ts';
import { PageHeader } from '../ui/page-header.tsx';
import { SetupSteps } from '../ui/setup-steps.tsx';
import { TimeText } from '../ui/time-text.tsx';
import { MonitorTable } from './monitor-table.tsx';
import styles from './status.module.css';

/** Hopline about itself: is it connected, does it store, what came in. */
export function StatusPage(): ReactNode {
  const status = useStatus();
  return (
    <>
      <PageHeader title="Status" name="Status">
        {status.data && <span className="quiet">Hopline {status.data.version}</span>}
      </PageHeader>
      <Answered what="status" answer={status} rows={12}>
        {(told) => (
          <div className={styles.page}>
            <NatsCard nats={told.nats} />
            <StoreCard status={told} />
            <CountsCard status={told} />
            <Card title="Monitored servers" isWide>
              <MonitorTable rows={told.monitor} />
            </Card>
            <Card title="Point a service at Hopline" isWide>
              <SetupSteps otlpPort={told.otlp.httpPort} />
            </Card>
          </div>
        )}
      </Answered>
    </>
  );
}

type Tone = 'ok' | 'warn' | 'danger' | 'neutral';
const SIGNS: Readonly<Record<Tone, Icon>> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  danger: IconCircleX,
  neutral: IconCircleDashed,
};

function Card(props: {
  title: string;
  state?: { tone: Tone; text: string };
  isWide?: boolean;
  children: ReactNode;
}): ReactNode {
  const Sign = SIGNS[props.state?.tone ?? 'neutral'];
  return (
    <section className={styles.card} data-wide={props.isWide || undefined}>
      <h2>
        {props.title}
        {props.state && (
          <span className={styles.state} data-tone={props.state.tone}>
            <Sign size={15} aria-hidden /> {props.state.text}
          </span>
        )}
      </h2>
      {props.children}
    </section>
  );
}

const NATS_TONE: Readonly<Record<StatusResponse['nats']['state'], Tone>> = {
  connected: 'ok',
  connecting: 'warn',
  disconnected: 'danger',
  'not configured': 'neutral',
};

function NatsCard({ nats }: { nats: StatusResponse['nats'] }): ReactNode {
  return (
    <Card title="NATS connection" state={{ tone: NATS_TONE[nats.state], text: nats.state }}>
      {nats.state === 'not configured' ? (
        <p className={styles.hint}>
          Without NATS there are traces and logs, but no server hops, streams or lag. Start with{' '}
          <code>hopline up --nats nats://host:4222</code>.
        </p>
      ) : (
        <KeyValueList
          rows={[
            ['Server', nats.server || '–'],
            ['Addresses', nats.servers.join(', ')],
            ['Trace events', <code key="subject">{nats.traceSubject}</code>],
            ...(nats.error ? ([['Last error', nats.error]] as const) : []),
          ]}
        />
      )}
    </Card>
  );
}

const STORE_TONE: Readonly<Record<StatusResponse['store']['state'], Tone>> = {
  ready: 'ok',
  starting: 'warn',
  down: 'danger',
};

function StoreCard({ status }: { status: StatusResponse }): ReactNode {
  const { store, journal } = status;
  return (
    <Card title="Store and journal" state={{ tone: STORE_TONE[store.state], text: store.state }}>
      <KeyValueList
        rows={[
          ['Engine', store.engine],
          ['Not yet in the store', bytesLabel(journal.openBytes + journal.sealedBytes)],
          ['Sealed segments', String(journal.sealedSegments)],
          [
            'Set aside',
            journal.setAside === 0
              ? 'none'
              : `${journal.setAside}: the engine refused them; they are kept on disk`,
          ],
        ]}
      />
    </Card>
  );
}

function CountsCard({ status }: { status: StatusResponse }): ReactNode {
  const { accepted, rejected } = status;
  const number = (value: number): string => value.toLocaleString('en');
  return (
    <Card title="Came in">
      <KeyValueList
        rows={[
          ['Spans', <Counts key="spans" accepted={accepted.spans} rejected={rejected.spans} />],
          ['Log records', <Counts key="logs" accepted={accepted.logs} rejected={rejected.logs} />],
          [
            'Metric points',
            <Counts key="metrics" accepted={accepted.metrics} rejected={rejected.metrics} />,
          ],
          ['Server hops', number(accepted.hops)],
          ['Advisories', number(accepted.advisories)],
          ['Since', <TimeText key="since" ns={status.startedAt} withDate />],
        ]}
      />
    </Card>
  );
}

function Counts({ accepted, rejected }: { accepted: number; rejected: number }): ReactNode {
  return (
    <>
      {accepted.toLocaleString('en')}
      {rejected > 0 && (
        <span className={styles.rejected}> {rejected.toLocaleString('en')} rejected</span>
      )}
    </>
  );
}
