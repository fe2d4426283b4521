// Colours as browsers compute them, and the little arithmetic that a theme needs.

/** Red, green and blue in 0–255, opacity in 0–1. */
export type Colour = readonly [number, number, number, number];

let canvas: CanvasRenderingContext2D | null | undefined;

/** A computed CSS colour, in any notation the browser knows; undefined for what it does not. */
export function parseColour(text: string): Colour | undefined {
  const match = /^rgba?\(([^)]+)\)$/.exec(text);
  if (!match) return paintedColour(text);
  const parts = (match[1] ?? '')
    .split(/[\s,/]+/)
    .map((part) => (part.endsWith('%') ? parseFloat(part) / 100 : Number(part)));
  const [red, green, blue, opacity = 1] = parts;
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  return [red, green, blue, opacity].every(Number.isFinite)
    ? [red, green, blue, opacity]
    : undefined;
}

/**
 * Modern notations (`color(srgb …)`, `oklch(…)`) stay as they are in computed styles; a canvas
 * paints them all.
 */
function paintedColour(text: string): Colour | undefined {
  if (!CSS.supports('color', text)) return undefined;
  canvas ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return undefined;
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, opacity = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, opacity / 255];
}

/** A translucent colour as it looks on an opaque ground. */
export function flatten(colour: Colour, ground: Colour): Colour {
  return mix(colour, ground, colour[3]);
}

/** `share` of one colour and the rest of the other, opaque. */
export function mix(one: Colour, other: Colour, share: number): Colour {
  const channel = (index: 0 | 1 | 2): number => one[index] * share + other[index] * (1 - share);
  return [channel(0), channel(1), channel(2), 1];
}

/** Contrast ratio of two opaque colours, 1 to 21, as WCAG 2 defines it. */
export function contrast(one: Colour, other: Colour): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort(
    (left, right) => left - right,
  ) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function toCss([red, green, blue]: Colour): string {
  return `rgb(${[red, green, blue].map(Math.round).join(' ')})`;
}
