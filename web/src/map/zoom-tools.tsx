import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useReactFlow } from '@xyflow/react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../ui/shortcuts.ts';
import styles from './map.module.css';

export function ZoomTools(props: { onFit: () => void }): ReactNode {
  const { zoomIn, zoomOut } = useReactFlow();
  const fit = props.onFit;
  useShortcuts({ f: fit, '+': () => void zoomIn(), '-': () => void zoomOut() });
  const tools = [
    { label: 'Zoom in (+)', icon: IconPlus, run: () => void zoomIn({ duration: 150 }) },
    { label: 'Zoom out (-)', icon: IconMinus, run: () => void zoomOut({ duration: 150 }) },
    { label: 'Fit everything (f)', icon: IconArrowsMaximize, run: fit },
  ];
  return (
    <div className={styles.tools}>
      {tools.map(({ label, icon: Shape, run }) => (
        <Tooltip key={label} label={label} position="right">
          <ActionIcon variant="default" size={28} aria-label={label} onClick={run}>
            <Shape size={15} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
