import type { UnknownPart } from '@hopline/model/api';
import { IconLockQuestion } from '@tabler/icons-react';
import type { ReactNode } from 'react';
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
