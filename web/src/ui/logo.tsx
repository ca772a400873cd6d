import type { ReactNode } from 'react';

/** Three hops on one line. */
export function Logo(): ReactNode {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M7 21c2.5-9 7-9 9-2s6 7 9-4"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <g fill="var(--on-accent)">
        <circle cx="7" cy="21" r="2.6" />
        <circle cx="16" cy="19" r="2.6" />
        <circle cx="25" cy="15" r="2.6" />
      </g>
    </svg>
  );
}
