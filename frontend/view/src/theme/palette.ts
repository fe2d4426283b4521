// Default colours. Hues follow Okabe and Ito's set, which stays apart under every common
// colour-vision deficiency; lightness is chosen so that text reaches 4.5 : 1 and marks reach 3 : 1
// on what they stand on.

import type { Theme, ThemeToken } from '../contract.js';

/** One colour for every token. */
export type Palette = Record<ThemeToken, string>;

const SOFT = ['critical-soft', 'warning-soft', 'ok-soft', 'info-soft', 'unknown-soft'] as const;

const dark: Palette = {
  background: '#17181c',
  surface: '#202228',
  border: '#33353c',
  text: '#e3e4e8',
  'text-muted': '#a0a3ad',
  accent: '#74a9ff',
  'on-accent': '#0d1420',
  critical: '#ff7468',
  'critical-soft': '#2f2123',
  warning: '#f5b83d',
  'warning-soft': '#2c2618',
  ok: '#5fca85',
  'ok-soft': '#19271f',
  info: '#74a9ff',
  'info-soft': '#1a2434',
  unknown: '#b3b7c2',
  'unknown-soft': '#22242b',
  objective: '#e59ac6',
  'front-end': '#8d929b',
  'on-front-end': '#101114',
  queue: '#e69f00',
  'on-queue': '#1b1300',
  prefill: '#56b4e9',
  'on-prefill': '#06141d',
  decode: '#2a75c7',
  'on-decode': '#ffffff',
  kv: '#2bb3a3',
};

const light: Palette = {
  background: '#ffffff',
  surface: '#f4f5f7',
  border: '#dcdfe4',
  text: '#1d2026',
  'text-muted': '#5d636e',
  accent: '#1f62c2',
  'on-accent': '#ffffff',
  critical: '#c02f1f',
  'critical-soft': '#fdf1ef',
  warning: '#8f5d00',
  'warning-soft': '#fdf5e4',
  ok: '#1a7540',
  'ok-soft': '#eff8f2',
  info: '#1f62c2',
  'info-soft': '#eff4fc',
  unknown: '#565c67',
  'unknown-soft': '#f3f4f6',
  objective: '#a63a7c',
  'front-end': '#7d838d',
  'on-front-end': '#0b0c0e',
  queue: '#ca8200',
  'on-queue': '#1b1300',
  prefill: '#2f97cf',
  'on-prefill': '#06141d',
  decode: '#1f66b8',
  'on-decode': '#ffffff',
  kv: '#11897c',
};

/** What high contrast changes; every soft ground becomes the background besides. */
const highContrast: Record<Theme['scheme'], Partial<Palette>> = {
  dark: {
    background: '#000000',
    surface: '#000000',
    border: '#a9adb8',
    text: '#ffffff',
    'text-muted': '#dadce2',
  },
  light: {
    surface: '#ffffff',
    border: '#4a4f58',
    text: '#000000',
    'text-muted': '#2e323a',
    accent: '#0b4291',
    critical: '#8f1709',
    warning: '#5f3c00',
    ok: '#0a5229',
    info: '#0b4291',
    unknown: '#2e323a',
  },
};

/** The default palette for a theme, without the host's replacements. */
export function defaultPalette({
  scheme,
  highContrast: high,
}: Pick<Theme, 'scheme' | 'highContrast'>): Palette {
  const normal = scheme === 'dark' ? dark : light;
  if (!high) return normal;
  const palette = { ...normal, ...highContrast[scheme] };
  for (const token of SOFT) palette[token] = palette.background;
  return palette;
}
