// A theme onto the root element, as custom properties. Set through the CSS object model, which no
// style policy blocks.

import type { Theme, ThemeToken } from '../contract.js';
import { defaultPalette } from './palette.js';

const SYSTEM_FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';

/** Applies colours, font and density; safe to call at any time. */
export function applyTheme(root: HTMLElement, theme: Theme): void {
  const palette = { ...defaultPalette(theme), ...defined(theme.tokens) };
  for (const [token, colour] of Object.entries(palette))
    root.style.setProperty(`--it-${token}`, colour);
  root.style.setProperty(
    '--it-font',
    theme.fontFamily ? `${theme.fontFamily}, ${SYSTEM_FONTS}` : SYSTEM_FONTS,
  );
  root.dataset['scheme'] = theme.scheme;
  root.dataset['contrast'] = theme.highContrast ? 'high' : 'normal';
  root.dataset['density'] = theme.density ?? 'comfortable';
  root.style.setProperty('zoom', String(theme.scale ?? 1));
}

/** The colour a token has now, after host replacements and forced colours. */
export function currentColour(root: HTMLElement, token: ThemeToken): string {
  return getComputedStyle(root).getPropertyValue(`--it-${token}`).trim();
}

/**
 * How many times as large the view is drawn. What the browser says of an element on the screen is
 * that many of its own pixels.
 */
export function zoomOf(root: HTMLElement): number {
  return Number(root.style.getPropertyValue('zoom')) || 1;
}

function defined(tokens: Theme['tokens']): Partial<Record<ThemeToken, string>> {
  return Object.fromEntries(Object.entries(tokens).filter(([, colour]) => colour));
}
