import type { StatusResponse } from '@hopline/model/api';
import {
  IconClockBolt,
  IconDatabase,
  IconFileCode,
  IconHeartRateMonitor,
  IconHierarchy2,
  IconKeyboard,
  IconMessages,
  IconServer2,
} from '@tabler/icons-react';
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { LiveProvider } from '../api/live.tsx';
import { useServices } from '../api/services.ts';
import { useStaleReason } from '../api/stale.ts';
import { useStatus } from '../api/status.ts';
import { healthOf, StatusBanners } from '../status/banners.tsx';
import { HelpSheet } from '../ui/help-sheet.tsx';
import { RailButton } from '../ui/rail-button.tsx';
import { ServiceColours } from '../ui/service-name.tsx';
import { type NavItem, Shell } from '../ui/shell.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { HELP } from './help.ts';
import { useRange } from './range.tsx';

/** The frame around every page: navigation, banners, live updates, service colours, help. */
export function RootRoute(): ReactNode {
  const range = useRange();
  const { live } = useSearch({ from: '__root__' });
  const status = useStatus();
  const staleReason = useStaleReason();
  const services = useServices(range);
  const navigate = useNavigate();
  const [isHelpOpen, setHelpOpen] = useState(false);
  useShortcuts({
    '?': () => setHelpOpen(true),
    'g l': () => void navigate({ to: '/latency' }),
    'g m': () => void navigate({ to: '/messages' }),
    'g o': () => void navigate({ to: '/' }),
    'g c': () => void navigate({ to: '/consumers' }),
    'g h': () => void navigate({ to: '/schemas' }),
    'g n': () => void navigate({ to: '/servers' }),
    'g s': () => void navigate({ to: '/status' }),
  });
  return (
    <LiveProvider enabled={range.kind === 'last' && live !== 'off'}>
      <ServiceColours names={services.data ?? []}>
        <Shell
          items={navItems(status.data, status.error)}
          banners={
            <StatusBanners status={status.data} error={status.error} staleReason={staleReason} />
          }
          footer={
            <RailButton
              icon={IconKeyboard}
              label="Keys"
              title="Keyboard shortcuts (?)"
              onClick={() => setHelpOpen(true)}
            />
          }
        >
          <Outlet />
        </Shell>
        <HelpSheet groups={HELP} opened={isHelpOpen} onClose={() => setHelpOpen(false)} />
      </ServiceColours>
    </LiveProvider>
  );
}

function navItems(status: StatusResponse | undefined, error: Error | null): NavItem[] {
  const health = healthOf(status, error);
  return [
    { to: '/', label: 'Map', icon: IconHierarchy2 },
    { to: '/messages', label: 'Messages', icon: IconMessages, covers: ['/traces/'] },
    { to: '/latency', label: 'Latency', icon: IconClockBolt },
    { to: '/consumers', label: 'Consumers', icon: IconDatabase, covers: ['/streams/'] },
    { to: '/schemas', label: 'Schemas', icon: IconFileCode },
    { to: '/servers', label: 'Servers', icon: IconServer2 },
    { to: '/status', label: 'Status', icon: IconHeartRateMonitor, alert: health ?? undefined },
  ];
}
