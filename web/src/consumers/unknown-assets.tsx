import type { UnknownPart } from '@hopline/model/api';
import { IconDatabaseOff, IconLockQuestion } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useConsumers } from '../api/cluster.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { UnknownReasons } from '../ui/unknown-parts.tsx';

/** In the place of tables that are empty because nobody may tell, or nobody answers. */
export function UnknownAssets({ unknown }: { unknown: readonly UnknownPart[] }): ReactNode {
  return (
    <EmptyState icon={IconLockQuestion} title="Streams and consumers are unknown">
      <UnknownReasons unknown={unknown} />
      <p>
        They are read from the monitoring endpoint <code>/jsz</code> (
        <code>hopline up --monitor http://host:8222</code>), over the system account, or from{' '}
        <code>$JS.API</code> of the account that Hopline is connected to; one of them is enough.
        Reading needs permission to publish to <code>$JS.API.INFO</code>,{' '}
        <code>$JS.API.STREAM.LIST</code> and <code>$JS.API.CONSUMER.LIST.*</code>.
      </p>
    </EmptyState>
  );
}

/** A stream or consumer that nobody reports: it may not be there, or those who would tell do not. */
export function NotReported({ what }: { what: 'stream' | 'consumer' }): ReactNode {
  const all = useConsumers().data;
  const unknown = all?.unknown ?? [];
  if (unknown.length > 0 && all?.total === 0) return <UnknownAssets unknown={unknown} />;
  return (
    <EmptyState icon={IconDatabaseOff} title={`No server reports this ${what}`}>
      <p>
        It was deleted, its leader does not answer, or its name is mistyped; nothing of it is stored
        in this time range either.
      </p>
      <UnknownReasons unknown={unknown} />
    </EmptyState>
  );
}
