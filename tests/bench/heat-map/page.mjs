// Inside the page: one heat map on a canvas, painted by each contestant.

import { loadModule } from '../module.mjs';
import { fillRectangles, writePixels } from './rival.mjs';

const query = { signal: 'ttft', columns: 180, quantile: 0.95 };
const colours = { cell: [58, 110, 165], band: [214, 120, 20] };
/** A page's clock has steps of 0.1 ms. */
const shortest = 4;
/** Opacities are rounded once by us and once more by the canvas. */
const tolerance = 3;

/**
 * Loads the response, or makes a map of `full` columns and rows without an empty cell, and checks
 * that all contestants paint the same picture.
 */
export async function prepare(url, { response, full, width, height }) {
  const [{ loadEngine }, { wasmUrl }, { Painting }] = await Promise.all([
    import(`${url}engine/dist/index.js`),
    import(`${url}engine/dist/wasm.js`),
    loadModule(url, 'mathematics'),
  ]);
  const loaded = await loadEngine(wasmUrl);
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const session = loaded.engine.createSession();
  if (response) {
    session.load({
      responses: [new Uint8Array(await (await fetch(url + response)).arrayBuffer())],
    });
  }
  const scope = response && session.summary().scope;
  const map = response ? session.heatMap(scope, query) : fullMap(full);
  const painting = new Painting(map.times, map.bounds, map.edges, map.counts, map.lo, map.hi);
  const bytes = Uint8Array.from([...colours.cell, ...colours.band]);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  document.body.append(canvas);
  const context = canvas.getContext('2d');

  const contestants = {
    paint: () => painting.paint(context, width, height, bytes),
    rectangles: () => fillRectangles(context, map, colours),
    pixels: () => writePixels(context, map, colours),
  };
  if (response) {
    contestants.whole = () => session.paintHeatMap(context, scope, query, colours);
    contestants.wholeRectangles = () =>
      fillRectangles(context, session.heatMap(scope, query), colours);
  }
  const pictures = Object.keys(contestants).map((name) => {
    contestants[name]();
    return [name, context.getImageData(0, 0, width, height).data];
  });
  for (const [name, picture] of pictures) assertSamePicture(name, picture, pictures[0][1]);
  return {
    facts: { columns: map.lo.length, rows: map.bounds.length - 1 },
    /**
     * Milliseconds of one frame. Reading one pixel makes the canvas draw what it has only noted
     * down.
     */
    time(name) {
      const began = performance.now();
      let frames = 0;
      do {
        contestants[name]();
        globalThis.lastPixel = context.getImageData(0, 0, 1, 1);
        frames++;
      } while (performance.now() - began < shortest);
      return (performance.now() - began) / frames;
    },
  };
}

/**
 * Columns of a minute, rows a tenth of a decade apart, and in each cell another number of
 * observations.
 */
function fullMap({ columns, rows }) {
  const bounds = Float64Array.from({ length: rows + 1 }, (_, row) => 10 ** (row / 10 - 3));
  return {
    times: Float64Array.from({ length: columns + 1 }, (_, column) => column * 60_000),
    ...{ bounds, edges: bounds },
    counts: Float64Array.from({ length: columns * rows }, (_, cell) => 1 + ((cell * 7919) % 997)),
    lo: Float64Array.from({ length: columns }, (_, column) => bounds[(column % (rows - 3)) + 1]),
    hi: Float64Array.from({ length: columns }, (_, column) => bounds[(column % (rows - 3)) + 2]),
  };
}

/**
 * Colours as they meet the background: those of nearly transparent pixels are rounded coarsely by
 * every canvas.
 */
function assertSamePicture(name, picture, expected) {
  for (let at = 0; at < picture.length; at++) {
    const alpha = at | 3;
    const shown = (data) => (at === alpha ? data[at] : (data[at] * data[alpha]) / 255);
    if (Math.abs(shown(picture) - shown(expected)) > tolerance) {
      throw new Error(
        `${name} paints another picture at byte ${at}: ${shown(picture)} against ${shown(expected)}`,
      );
    }
  }
}
