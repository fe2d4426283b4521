// Default colours. Hues follow Okabe and Ito's set, which stays apart under every common colour-vision deficiency;
// lightness is chosen so that text reaches 4.5 : 1 and marks reach 3 : 1 on what they stand on.

import type { Theme, ThemeToken } from './contract.js';

/** One colour for every token. */
export type Palette = Record<ThemeToken, string>;

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
  queue: '#cf8600',
  'on-queue': '#1b1300',
  prefill: '#2f97cf',
  'on-prefill': '#06141d',
  decode: '#1f66b8',
  'on-decode': '#ffffff',
  kv: '#11897c',
};

const darkHighContrast: Palette = {
  ...dark,
  background: '#000000',
  surface: '#0c0c0c',
  border: '#a9adb8',
  text: '#ffffff',
  'text-muted': '#dadce2',
  accent: '#9cc3ff',
  critical: '#ff9d94',
  'critical-soft': '#000000',
  warning: '#ffd06b',
  'warning-soft': '#000000',
  ok: '#86e6a8',
  'ok-soft': '#000000',
  info: '#9cc3ff',
  'info-soft': '#000000',
  unknown: '#dadce2',
  'unknown-soft': '#000000',
  objective: '#ffc0e2',
  decode: '#3f8fe6',
  'on-decode': '#000000',
};

const lightHighContrast: Palette = {
  ...light,
  surface: '#ffffff',
  border: '#4a4f58',
  text: '#000000',
  'text-muted': '#2e323a',
  accent: '#0b4291',
  critical: '#8f1709',
  'critical-soft': '#ffffff',
  warning: '#5f3c00',
  'warning-soft': '#ffffff',
  ok: '#0a5229',
  'ok-soft': '#ffffff',
  info: '#0b4291',
  'info-soft': '#ffffff',
  unknown: '#2e323a',
  'unknown-soft': '#ffffff',
  objective: '#7c1f58',
};

/** The default palette for a theme, without the host's replacements. */
export function defaultPalette(theme: Pick<Theme, 'scheme' | 'highContrast'>): Palette {
  if (theme.scheme === 'dark') return theme.highContrast ? darkHighContrast : dark;
  return theme.highContrast ? lightHighContrast : light;
}

/** Text tokens and the tokens they stand on; each pair reaches 4.5 : 1. */
export const TEXT_PAIRS: readonly (readonly [ThemeToken, readonly ThemeToken[]])[] = [
  [
    'text',
    ['background', 'surface', 'critical-soft', 'warning-soft', 'ok-soft', 'info-soft', 'unknown-soft'],
  ],
  [
    'text-muted',
    ['background', 'surface', 'critical-soft', 'warning-soft', 'ok-soft', 'info-soft', 'unknown-soft'],
  ],
  ['accent', ['background', 'surface']],
  ['on-accent', ['accent']],
  ['critical', ['background', 'surface', 'critical-soft']],
  ['warning', ['background', 'surface', 'warning-soft']],
  ['ok', ['background', 'surface', 'ok-soft']],
  ['info', ['background', 'surface', 'info-soft']],
  ['unknown', ['background', 'surface', 'unknown-soft']],
  ['objective', ['background']],
  ['on-front-end', ['front-end']],
  ['on-queue', ['queue']],
  ['on-prefill', ['prefill']],
  ['on-decode', ['decode']],
];

/** Marks and the token they stand on; each pair reaches 3 : 1. */
export const MARK_PAIRS: readonly (readonly [ThemeToken, readonly ThemeToken[]])[] = [
  ['front-end', ['background']],
  ['queue', ['background']],
  ['prefill', ['background']],
  ['decode', ['background']],
  ['kv', ['background']],
  ['objective', ['background']],
  ['accent', ['background', 'surface']],
];
