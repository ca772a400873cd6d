import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.tsx';
import { LoadingRows } from './loading-rows.tsx';

/**
 * What was asked for, given to `children` as soon as it is known, and kept when newer ones cannot be
 * had; before that it is on its way, or refused with a way to ask again. `what` follows "The".
 */
export function Answered<Data>(props: {
  what: string;
  answer: UseQueryResult<Data>;
  /** Lines of the placeholder. */
  rows: number;
  children: (data: Data) => ReactNode;
}): ReactNode {
  const { what, answer } = props;
  if (answer.data !== undefined) return props.children(answer.data);
  if (!answer.isError) return <LoadingRows rows={props.rows} label={`The ${what} on the way`} />;
  return (
    <ErrorState
      title={`The ${what} could not be loaded`}
      error={answer.error}
      onRetry={() => void answer.refetch()}
    />
  );
}
