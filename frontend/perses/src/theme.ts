// The host's looks, read from what it has drawn: a plugin that shares only React with its host has
// no access to the host's theme objects, but everybody can see its colours.

import type { Theme, ThemeToken } from '@inference-triage/view';
import { contrast, flatten, mix, parseColour, toCss, type Colour } from './colour.js';

/** Least contrast of text on its ground, WCAG 2 level AA. */
const READABLE = 4.5;

/** Shares of the text's colour in quieter tokens. */
const BORDER_SHARE = 0.18;
const SURFACE_SHARE = 0.05;
const MUTED_SHARES = [0.62, 0.7, 0.8, 0.9];

const MORE_CONTRAST = '(prefers-contrast: more)';
const SCHEME = '(prefers-color-scheme: dark)';

/** The looks of the place where `element` stands. */
export function readTheme(element: HTMLElement, density: Theme['density'] = 'comfortable'): Theme {
  const style = getComputedStyle(element);
  const background = groundOf(element);
  const text = flatten(parseColour(style.color) ?? [0, 0, 0, 1], background);
  const scheme =
    contrast(background, [255, 255, 255, 1]) > contrast(background, [0, 0, 0, 1])
      ? 'dark'
      : 'light';
  return {
    scheme,
    highContrast: matchMedia(MORE_CONTRAST).matches,
    // A host whose text cannot be read on its ground is misread; then the view's own colours are
    // the better choice.
    tokens: contrast(text, background) >= READABLE ? tokensOf(text, background) : {},
    fontFamily: style.fontFamily,
    density,
  };
}

function tokensOf(text: Colour, background: Colour): Partial<Record<ThemeToken, string>> {
  const muted = MUTED_SHARES.map((share) => mix(text, background, share));
  return {
    background: toCss(background),
    surface: toCss(mix(text, background, SURFACE_SHARE)),
    border: toCss(mix(text, background, BORDER_SHARE)),
    text: toCss(text),
    'text-muted': toCss(
      muted.find((colour) => contrast(colour, background) >= READABLE + 1) ?? text,
    ),
  };
}

/**
 * What is painted behind an element: every translucent ground over the first opaque one, at last
 * over white.
 */
function groundOf(element: HTMLElement): Colour {
  const grounds: Colour[] = [];
  for (let at: Element | null = element; at !== null; at = parentOf(at)) {
    const colour = parseColour(getComputedStyle(at).backgroundColor);
    if (colour === undefined || colour[3] === 0) continue;
    grounds.push(colour);
    if (colour[3] === 1) break;
  }
  return grounds.reduceRight<Colour>((below, above) => flatten(above, below), [255, 255, 255, 1]);
}

function parentOf(element: Element): Element | null {
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/**
 * Calls `action` when the looks may have changed: classes and styles of the elements around
 * `element`, style sheets of the page, and the reader's system. The returned function stops that.
 */
export function watchTheme(element: HTMLElement, action: () => void): () => void {
  const queries = [matchMedia(SCHEME), matchMedia(MORE_CONTRAST)];
  for (const query of queries) query.addEventListener('change', action);
  const observer = new MutationObserver(action);
  for (let at: Element | null = element; at !== null; at = parentOf(at)) {
    observer.observe(at, {
      attributes: true,
      attributeFilter: ['class', 'style', 'data-theme', 'data-color-scheme'],
    });
  }
  observer.observe(document.head, { childList: true });
  return () => {
    for (const query of queries) query.removeEventListener('change', action);
    observer.disconnect();
  };
}
