import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Mantine wants ten shades; ours are tokens that already know light from dark. */
const ACCENT = Array.from({ length: 10 }, () => 'var(--accent)') as unknown as MantineColorsTuple;

/** The greys of Mantine's own parts: `gray` is asked for in light, `dark` in dark. */
const GRAY = [
  'var(--surface-hover)',
  'var(--surface-2)',
  'var(--border)',
  'var(--border)',
  'var(--border-strong)',
  'var(--text-3)',
  'var(--text-3)',
  'var(--text-2)',
  'var(--text)',
  'var(--text)',
] as const satisfies MantineColorsTuple;
const DARK = [
  'var(--text)',
  'var(--text-2)',
  'var(--text-3)',
  'var(--text-3)',
  'var(--border)',
  'var(--surface-hover)',
  'var(--surface)',
  'var(--bg)',
  'var(--surface-2)',
  'var(--bg)',
] as const satisfies MantineColorsTuple;

export const THEME = createTheme({
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  primaryColor: 'accent',
  colors: { accent: ACCENT, gray: GRAY, dark: DARK },
  defaultRadius: 6,
  cursorType: 'pointer',
  // White text on the dark scheme's light accent cannot be read.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === 'filled' ? { ...colors, color: 'var(--on-accent)' } : colors;
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px' },
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 12 } },
    Modal: { defaultProps: { transitionProps: { duration: 120 } } },
    Popover: { defaultProps: { transitionProps: { duration: 90 } } },
    Menu: { defaultProps: { transitionProps: { duration: 90 } } },
  },
});

const VARIABLES = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--surface-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--border)',
  '--mantine-color-error': 'var(--danger)',
  '--mantine-color-anchor': 'var(--accent-text)',
  '--mantine-color-gray-text': 'var(--text-2)',
  '--mantine-color-gray-light': 'var(--surface-2)',
  '--mantine-color-gray-light-hover': 'var(--surface-hover)',
  '--mantine-color-gray-light-color': 'var(--text-2)',
  '--mantine-color-gray-outline': 'var(--border-strong)',
  '--mantine-color-accent-filled': 'var(--accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-text)',
  '--mantine-color-accent-light': 'var(--accent-soft)',
  '--mantine-color-accent-light-hover': 'var(--accent-soft)',
  '--mantine-color-accent-light-color': 'var(--accent-text)',
  '--mantine-color-accent-text': 'var(--accent-text)',
  '--mantine-color-accent-outline': 'var(--accent)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
};

/** Both schemes take the same variables: the tokens behind them change, not the names. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: VARIABLES,
  dark: VARIABLES,
});
