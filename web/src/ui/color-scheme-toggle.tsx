import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { RailButton } from './rail-button.tsx';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
};
const LOOK = {
  auto: { icon: IconDeviceDesktop, label: 'System' },
  light: { icon: IconSun, label: 'Light' },
  dark: { icon: IconMoon, label: 'Dark' },
} as const;

/** System, light, dark, and round again. */
export function ColorSchemeToggle(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon, label } = LOOK[colorScheme];
  const next = NEXT[colorScheme];
  return (
    <RailButton
      icon={icon}
      label={label}
      title={`Colour scheme: ${label.toLowerCase()}. Change to ${LOOK[next].label.toLowerCase()}`}
      onClick={() => setColorScheme(next)}
    />
  );
}
