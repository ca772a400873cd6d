import {
  isMantineColorScheme,
  type MantineColorScheme,
  type MantineColorSchemeManager,
} from '@mantine/core';
import { readPreference, writePreference } from './safe-storage.ts';

/** The same key is read by public/color-scheme.js before the first paint. */
const KEY = 'hopline.color-scheme';

/** Mantine's scheme kept in storage that cannot throw; `auto` follows the system and stores nothing. */
export function colorSchemeManager(): MantineColorSchemeManager {
  let listener: ((event: StorageEvent) => void) | undefined;
  return {
    get: (fallback) => {
      const stored = readPreference(KEY);
      return isMantineColorScheme(stored) ? stored : fallback;
    },
    set: (value: MantineColorScheme) => writePreference(KEY, value === 'auto' ? null : value),
    subscribe: (onUpdate) => {
      listener = (event) => {
        if (event.key !== KEY) return;
        onUpdate(isMantineColorScheme(event.newValue) ? event.newValue : 'auto');
      };
      window.addEventListener('storage', listener);
    },
    unsubscribe: () => {
      if (listener) window.removeEventListener('storage', listener);
    },
    clear: () => writePreference(KEY, null),
  };
}
