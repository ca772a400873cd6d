import type { ErrorComponentProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ErrorState } from '../ui/error-state.tsx';

/** A page that threw while drawing. The frame stands; the page can be tried again. */
export function RouteFailure({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <ErrorState
      title="This page could not be drawn"
      error={error instanceof Error ? error : new Error(String(error))}
      onRetry={reset}
    >
      <p>This is a fault in Hopline. The other pages work.</p>
    </ErrorState>
  );
}
