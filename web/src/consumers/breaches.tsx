import type { ConsumerView } from '@hopline/model/api';
import type { ReactNode } from 'react';
import { countLabel } from '../ui/number-text.ts';
import { TonedWord } from '../ui/toned-word.tsx';

/** Thresholds of its metadata that a stream or consumer has passed. */
export function Breaches({ breaches }: Pick<ConsumerView, 'breaches'>): ReactNode {
  return breaches.map(({ key, limit, value }) => (
    <p key={key}>
      <TonedWord tone="danger">{key}</TonedWord> is {limit}; it is {countLabel(value)} now
    </p>
  ));
}
