import type { ReactNode } from 'react';

export function MapRoute(): ReactNode {
  return null;
}
