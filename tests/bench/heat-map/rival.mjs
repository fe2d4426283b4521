// Two rivals that paint the engine's heat map in JavaScript: rectangles as most code draws them,
// and pixels written with care.

/** Opacities of the shipped picture. */
const faintest = 0.16;
const band = 0.16;

/**
 * One `fillRect` for each cell and each part of the interval; the colour is set once, only the
 * opacity changes.
 */
export function fillRectangles(context, map, colours) {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  const draw = (style) => (left, right, top, bottom, opacity) => {
    if (context.fillStyle !== style) context.fillStyle = style;
    context.globalAlpha = opacity;
    context.fillRect(left, top, right - left, bottom - top);
  };
  layOut(map, width, height, draw(hex(colours.cell)), draw(hex(colours.band)));
  context.globalAlpha = 1;
}

/**
 * Every pixel in one array that goes to the canvas at once. Cells do not overlap, so only the
 * interval is blended.
 */
export function writePixels(context, map, colours) {
  const { width, height } = context.canvas;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const fill =
    ([red, green, blue]) =>
    (left, right, top, bottom, opacity) => {
      const alpha = Math.round(opacity * 255);
      const packed = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
      for (let line = top; line < bottom; line++)
        pixels.fill(packed, line * width + left, line * width + right);
    };
  const blend =
    ([red, green, blue]) =>
    (left, right, top, bottom, opacity) => {
      // Below lies one colour a cell, so the last blended pixel mostly is the next one too.
      let [known, answer] = [-1, 0];
      for (let line = top; line < bottom; line++) {
        for (let at = line * width + left; at < line * width + right; at++) {
          const below = pixels[at];
          if (below !== known) {
            const share = ((below >>> 24) / 255) * (1 - opacity);
            const together = opacity + share;
            const mix = (new_, old) => Math.round((new_ * opacity + old * share) / together);
            const [r, g, b] = [
              mix(red, below & 255),
              mix(green, (below >> 8) & 255),
              mix(blue, (below >> 16) & 255),
            ];
            answer = ((Math.round(together * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
            known = below;
          }
          pixels[at] = answer;
        }
      }
    };
  layOut(map, width, height, fill(colours.cell), blend(colours.band));
  context.putImageData(image, 0, 0);
}

/** Calls `cell` and `interval` with left, right, top, bottom and opacity of every rectangle. */
function layOut(map, width, height, cell, interval) {
  const rows = map.bounds.length - 1;
  const columns = map.lo.length;
  const low = map.edges[0];
  const logarithm = Math.log(map.edges[rows] / low);
  const position = (value) => (value <= low ? 0 : Math.min(1, Math.log(value / low) / logarithm));
  const line = (value) => Math.round((1 - position(value)) * height);
  const [start, end] = [map.times[0], map.times[columns]];
  const across = Array.from(map.times, (time) =>
    Math.round(((time - start) / (end - start)) * width),
  );
  const lines = Array.from(map.edges, line);
  const heights = Array.from(
    { length: rows },
    (_, row) => position(map.edges[row + 1]) - position(map.edges[row]),
  );
  const density = (column, row) =>
    map.counts[column * rows + row] / heights[row] / (map.times[column + 1] - map.times[column]);
  let most = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) most = Math.max(most, density(column, row) || 0);
  }
  const stroke = Math.max(1, Math.floor(height / 160));
  for (let column = 0; column < columns; column++) {
    const [left, right] = [across[column], across[column + 1]];
    for (let row = 0; row < rows; row++) {
      const share = density(column, row) / most;
      if (share > 0)
        cell(left, right, lines[row + 1], lines[row], faintest + (1 - faintest) * Math.sqrt(share));
    }
    const [lo, hi] = [map.lo[column], map.hi[column]];
    if (Number.isNaN(lo)) continue;
    const [top, bottom] = [line(hi), line(lo)];
    interval(left, right, top, bottom, band);
    interval(left, right, Math.max(0, bottom - stroke), bottom, 1);
    if (hi < Infinity) interval(left, right, top, Math.min(height, top + stroke), 1);
  }
}

function hex(colour) {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
