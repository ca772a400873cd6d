import type { Fate } from '@hopline/model';
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockX,
  IconDropletOff,
  IconHelpCircle,
  IconRefresh,
  IconSend,
  IconSkull,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './fate.module.css';
import { FATE_LOOK } from './fate-look.ts';

const ICONS: Readonly<Record<Fate, Icon>> = {
  processed: IconCircleCheck,
  delivered: IconSend,
  failed: IconCircleX,
  redelivered: IconRefresh,
  terminated: IconBan,
  'dead-lettered': IconSkull,
  expired: IconClockX,
  dropped: IconDropletOff,
  unconsumed: IconAlertTriangle,
  'in-flight': IconCircleDashed,
  unknown: IconHelpCircle,
};

/** A fate where there is no room for its word; the word is its accessible name. */
export function FateIcon({ fate, size = 14 }: { fate: Fate; size?: number }): ReactNode {
  const Shape = ICONS[fate];
  const look = FATE_LOOK[fate];
  return (
    <span className={styles.icon} data-tone={look.tone} title={look.label}>
      <Shape size={size} stroke={2} aria-label={look.label} role="img" />
    </span>
  );
}
