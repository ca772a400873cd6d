import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';
import { PageHeader } from '../ui/page-header.tsx';

export function NotFoundRoute(): ReactNode {
  return (
    <>
      <PageHeader title="Not found" name="Not found" />
      <EmptyState icon={IconMapOff} title="There is no such page">
        <p>
          Go to the <Link to="/">map</Link> or to the <Link to="/messages">messages</Link>.
        </p>
      </EmptyState>
    </>
  );
}
