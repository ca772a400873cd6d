import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { makeQueryClient } from './api/query-client.ts';
import { makeRouter } from './router.tsx';
import { colorSchemeManager } from './ui/color-scheme.ts';
import { resolveVariables, THEME } from './ui/theme.ts';

/** What every page stands on: colours, the cache of answers, the address. */
export function App(): ReactNode {
  const [queryClient] = useState(makeQueryClient);
  const [router] = useState(makeRouter);
  const [schemes] = useState(colorSchemeManager);
  return (
    <MantineProvider
      theme={THEME}
      cssVariablesResolver={resolveVariables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
