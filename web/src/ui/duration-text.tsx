import { durationNs, formatDuration } from '@hopline/model';
import type { ReactNode } from 'react';

/** A duration in its shortest readable unit, exact on hover. Unknown is a dash, never 0. */
export function DurationText({ ns }: { ns: string | null }): ReactNode {
  if (ns === null) {
    return (
      <span className="quiet" title="unknown">
        –<span className="visually-hidden">unknown</span>
      </span>
    );
  }
  return <span title={`${exact(ns)} ns`}>{formatDuration(durationNs(ns))}</span>;
}

/** A duration as text only; unknown is a dash. */
export const durationLabel = (ns: string | null): string =>
  ns === null ? '–' : formatDuration(durationNs(ns));

/** The digits in groups of three. */
const exact = (ns: string): string => ns.replace(/\B(?=(\d{3})+$)/g, ' ');
