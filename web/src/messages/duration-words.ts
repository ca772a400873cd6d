import type { MessagesSearch } from './url.ts';

/** `queue ≥ 500ms < 2s`; '' when no duration is asked for. */
export const durationWords = ({
  stage,
  min,
  max,
}: Pick<MessagesSearch, 'stage' | 'min' | 'max'>): string =>
  stage || min || max
    ? [stage ?? 'total', min && `≥ ${min}`, max && `< ${max}`].filter(Boolean).join(' ')
    : '';
