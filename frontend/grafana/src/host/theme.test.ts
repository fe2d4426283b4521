import { createTheme, getBuiltInThemes, getThemeById, type GrafanaTheme2 } from '@grafana/data';

import { themeOf } from './theme';

/** Red, green and blue of `rgb(…)` or `#rrggbb`. */
function channels(color: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(color);
  return hex
    ? hex.slice(1).map((part) => parseInt(part, 16))
    : (color.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const themes: Array<[string, GrafanaTheme2]> = [
  ['dark', createTheme({ colors: { mode: 'dark' } })],
  ['light', createTheme({ colors: { mode: 'light' } })],
  ...getBuiltInThemes([]).map(({ id }): [string, GrafanaTheme2] => [id, getThemeById(id)]),
];

describe.each(themes)('theme %s', (_name, grafana) => {
  it.each([false, true])('is legible, transparent: %p', (isTransparent) => {
    const { tokens } = themeOf(grafana, isTransparent);
    const grounds = [
      'background',
      'surface',
      'critical-soft',
      'warning-soft',
      'ok-soft',
      'info-soft',
    ] as const;
    const texts = [
      'text',
      'text-muted',
      'accent',
      'critical',
      'warning',
      'ok',
      'info',
      'unknown',
    ] as const;
    for (const text of texts) {
      for (const ground of grounds) {
        const color = tokens[text];
        // A colour that is left out is the view's own, which has a test of its own.
        const ratio = color === undefined ? Infinity : contrast(color, tokens[ground] ?? '');
        expect([text, ground, ratio >= 4.45]).toEqual([text, ground, true]);
      }
    }
    if (tokens.accent !== undefined) {
      expect(contrast(tokens['on-accent'] ?? '', tokens.accent)).toBeGreaterThan(4.45);
    }
  });
});

describe('Grafana’s colours', () => {
  const dark = createTheme({ colors: { mode: 'dark' } });
  const light = createTheme({ colors: { mode: 'light' } });

  it('are taken over', () => {
    expect(themeOf(dark, false)).toMatchObject({
      scheme: 'dark',
      fontFamily: dark.typography.fontFamily,
    });
    expect(themeOf(light, false).tokens.background).toBe('rgb(255, 255, 255)');
    expect(channels(themeOf(dark, false).tokens.background ?? '')).toEqual(
      channels(dark.colors.background.primary)
    );
  });

  it('stand on the dashboard itself in a transparent panel', () => {
    expect(channels(themeOf(light, true).tokens.background ?? '')).toEqual(
      channels(light.colors.background.canvas)
    );
  });

  it('leave the phases alone', () => {
    expect(Object.keys(themeOf(dark, false).tokens)).not.toEqual(expect.arrayContaining(['queue']));
  });
});
