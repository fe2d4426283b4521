import type { Theme, ThemeToken } from '@inference-triage/view';

/** What the element's attributes say about its looks. */
export interface ThemeChoice {
  theme: 'light' | 'dark' | 'auto';
  density: 'comfortable' | 'compact';
}

/** Prefix of the CSS custom properties a page may set on the element or anywhere above it. */
export const PROPERTY_PREFIX = '--inference-triage-';

/** The colours of the view; the compiler refuses a list that lacks one. */
const TOKENS: Readonly<Record<ThemeToken, true>> = {
  background: true,
  surface: true,
  border: true,
  text: true,
  'text-muted': true,
  accent: true,
  'on-accent': true,
  critical: true,
  'critical-soft': true,
  warning: true,
  'warning-soft': true,
  ok: true,
  'ok-soft': true,
  info: true,
  'info-soft': true,
  unknown: true,
  'unknown-soft': true,
  objective: true,
  'front-end': true,
  'on-front-end': true,
  queue: true,
  'on-queue': true,
  prefill: true,
  'on-prefill': true,
  decode: true,
  'on-decode': true,
  kv: true,
};

/** Names of the colours a page may set, each as `--inference-triage-<name>`. */
export const THEME_TOKENS = Object.keys(TOKENS) as readonly ThemeToken[];

const DARK = '(prefers-color-scheme: dark)';
const MORE_CONTRAST = '(prefers-contrast: more)';

/**
 * The looks of the element here and now, from its attributes, its CSS custom properties and the
 * reader's system.
 */
export function readTheme(element: HTMLElement, choice: ThemeChoice): Theme {
  const style = getComputedStyle(element);
  const tokens = Object.fromEntries(
    THEME_TOKENS.flatMap((token) => {
      const value = style.getPropertyValue(PROPERTY_PREFIX + token).trim();
      return value === '' ? [] : [[token, value]];
    }),
  ) as Theme['tokens'];
  const fontFamily = style.getPropertyValue(`${PROPERTY_PREFIX}font-family`).trim();
  return {
    scheme: choice.theme === 'auto' ? schemeOf(style) : choice.theme,
    highContrast: matchMedia(MORE_CONTRAST).matches,
    tokens,
    ...(fontFamily === '' ? {} : { fontFamily }),
    density: choice.density,
  };
}

/** A page that fixes its scheme in CSS is followed; otherwise the reader's system decides. */
function schemeOf(style: CSSStyleDeclaration): Theme['scheme'] {
  const declared = style.colorScheme
    .split(/\s+/)
    .filter((word) => word === 'light' || word === 'dark');
  if (declared.length === 1 && declared[0] !== undefined) return declared[0] as Theme['scheme'];
  return matchMedia(DARK).matches ? 'dark' : 'light';
}

/**
 * Calls `action` when the looks may have changed: the reader's system, or a class, style or data
 * attribute of the element, the body or the root, where pages switch their themes. The returned
 * function stops that.
 */
export function watchTheme(element: HTMLElement, action: () => void): () => void {
  const queries = [matchMedia(DARK), matchMedia(MORE_CONTRAST)];
  for (const query of queries) query.addEventListener('change', action);
  const observer = new MutationObserver(action);
  const attributeFilter = ['class', 'style', 'data-theme', 'data-color-scheme', 'data-mode'];
  for (const target of new Set([element, document.body, document.documentElement])) {
    observer.observe(target, { attributes: true, attributeFilter });
  }
  return () => {
    for (const query of queries) query.removeEventListener('change', action);
    observer.disconnect();
  };
}
