import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import type { Theme, ThemeToken } from '@inference-triage/view';

/** Text must reach this ratio on everything it stands on (WCAG 2, level AA). */
const LEAST_CONTRAST = 4.5;

/** Share of a state's colour in the soft ground of its card. */
const SOFT = 0.1;

type Tokens = Partial<Record<ThemeToken, string>>;

/**
 * Grafana's colours for the view. A colour that cannot be read where the view puts it is left to
 * the view's own palette. The phases keep that palette too: its hues stay apart under every common
 * colour-vision deficiency.
 */
export function themeOf(theme: GrafanaTheme2, isTransparent: boolean): Theme {
  const { colors, isDark, typography } = theme;
  const background = solid(isTransparent ? colors.background.canvas : colors.background.primary);
  const surface = over(colors.background.secondary, background);
  const soft = (color: string): string => over(colorManipulator.alpha(color, SOFT), background);
  const softs: Tokens = {
    'critical-soft': soft(solid(colors.error.main)),
    'warning-soft': soft(solid(colors.warning.main)),
    'ok-soft': soft(solid(colors.success.main)),
    'info-soft': soft(solid(colors.info.main)),
    'unknown-soft': surface,
  };
  const grounds = [background, surface, ...Object.values(softs)];
  const accent = over(colors.text.link, background);
  return {
    scheme: isDark ? 'dark' : 'light',
    highContrast: globalThis.matchMedia?.('(prefers-contrast: more)').matches ?? false,
    tokens: {
      background,
      surface,
      border: over(colors.border.weak, background),
      ...softs,
      ...legible('text', over(colors.text.primary, background), grounds),
      ...legible('text-muted', over(colors.text.secondary, background), grounds),
      ...legible('unknown', over(colors.text.secondary, background), grounds),
      ...accentOf(accent, grounds, colors.getContrastText(accent, LEAST_CONTRAST)),
      ...legible('critical', over(colors.error.text, background), grounds),
      ...legible('warning', over(colors.warning.text, background), grounds),
      ...legible('ok', over(colors.success.text, background), grounds),
      ...legible('info', over(colors.info.text, background), grounds),
    },
    fontFamily: typography.fontFamily,
    density: 'compact',
  };
}

function legible(token: ThemeToken, color: string, grounds: readonly string[]): Tokens {
  return grounds.every((ground) => contrast(color, ground) >= LEAST_CONTRAST)
    ? { [token]: color }
    : {};
}

/** The accent and what is written on it go together or not at all. */
function accentOf(accent: string, grounds: readonly string[], text: string): Tokens {
  const isLegible = contrast(text, accent) >= LEAST_CONTRAST;
  return isLegible && grounds.every((ground) => contrast(accent, ground) >= LEAST_CONTRAST)
    ? { accent, 'on-accent': text }
    : {};
}

function contrast(one: string, other: string): number {
  return colorManipulator.getContrastRatio(one, other);
}

function solid(color: string): string {
  return over(color, 'rgb(0, 0, 0)');
}

/** A colour with transparency as it looks on a solid ground. */
function over(color: string, ground: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 1] = channels(color);
  const [groundRed = 0, groundGreen = 0, groundBlue = 0] = channels(ground);
  const mix = (top: number, bottom: number): number =>
    Math.round(top * alpha + bottom * (1 - alpha));
  return `rgb(${mix(red, groundRed)}, ${mix(green, groundGreen)}, ${mix(blue, groundBlue)})`;
}

function channels(color: string): number[] {
  const known = color.startsWith('hsl') ? colorManipulator.hslToRgb(color) : color;
  return colorManipulator.decomposeColor(known).values.map(Number);
}
