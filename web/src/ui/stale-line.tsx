import type { ReactNode } from 'react';
import { Banner } from './banner.tsx';

/** Says that what is shown below is the last that is known, and why; nothing when `why` is null. */
export function StaleLine({ why }: { why: string | null }): ReactNode {
  if (why === null) return null;
  return (
    <Banner tone="warn" title="Not up to date.">
      {why}
    </Banner>
  );
}
