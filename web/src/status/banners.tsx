import type { StatusResponse } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { Banner } from '../ui/banner.tsx';

/** The worst that is wrong with Hopline itself, in a few words; null when all is well. */
export function healthOf(
  status: StatusResponse | undefined,
  error: Error | null,
): { tone: 'danger' | 'warn'; text: string } | null {
  if (error) return { tone: 'danger', text: 'Hopline does not answer' };
  if (!status) return null;
  if (status.store.state === 'down') return { tone: 'danger', text: 'The store is down' };
  if (status.nats.state === 'disconnected') return { tone: 'danger', text: 'NATS is unreachable' };
  if (status.nats.state === 'connecting') return { tone: 'warn', text: 'Connecting to NATS' };
  if (status.store.state === 'starting') return { tone: 'warn', text: 'The store is starting' };
  const down = status.monitor.filter((endpoint) => !endpoint.up);
  if (down.length > 0) return { tone: 'warn', text: `${down.length} NATS servers do not answer` };
  if (status.journal.setAside > 0) return { tone: 'warn', text: 'Requests were set aside' };
  return null;
}

/** What is wrong and what to do about it, over every page, for as long as it lasts. */
export function StatusBanners(props: {
  status: StatusResponse | undefined;
  error: Error | null;
  /** Why the page is not up to date; null when it is. */
  staleReason: string | null;
}): ReactNode {
  const { status, error, staleReason } = props;
  if (error) {
    return (
      <Banner tone="danger" title="Hopline does not answer.">
        What you see is the last that is known. Is <code>hopline up</code> still running? This page
        tries again by itself.
      </Banner>
    );
  }
  if (!status) return null;
  return (
    <>
      {status.store.state === 'down' && (
        <Banner tone="danger" title="The store is down.">
          What comes in is kept in the journal on disk and nothing is lost, but nothing can be read.
          It is being restarted; Hopline's log says why it stopped.
        </Banner>
      )}
      {status.store.state === 'starting' && (
        <Banner tone="info" title="The store is starting.">
          Pages fill as soon as it is ready.
        </Banner>
      )}
      <NatsBanner nats={status.nats} />
      {staleReason !== null && (
        <Banner tone="warn" title="Not up to date.">
          {staleReason}
        </Banner>
      )}
    </>
  );
}

function NatsBanner({ nats }: { nats: StatusResponse['nats'] }): ReactNode {
  if (nats.state !== 'disconnected' && nats.state !== 'connecting') return null;
  return (
    <Banner
      tone={nats.state === 'disconnected' ? 'danger' : 'warn'}
      title={nats.state === 'disconnected' ? 'NATS is unreachable.' : 'Connecting to NATS.'}
    >
      {nats.error || nats.servers.join(', ')}. Traces and logs over OTLP still come in; server hops,
      streams and lag do not. Check the address, the credentials and the network; Hopline connects
      by itself when NATS answers.
    </Banner>
  );
}
