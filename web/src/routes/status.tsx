import type { ReactNode } from 'react';
import { StatusPage } from '../status/page.tsx';

export function StatusRoute(): ReactNode {
  return <StatusPage />;
}
