// Which layout suits a container: both sides decide.

import type { SizeClass } from '../contract.js';

/** Lower containers hold one line of text. */
const TILE_HEIGHT = 64;
/** Below it, headline and impact take the whole container. */
const LINE_HEIGHT = 180;
/** Below it, charts and tables would be cut in half, so they wait behind buttons. */
const BRIEF_HEIGHT = 440;
/** Narrower containers hold neither an action with its text to copy nor a chart. */
const LINE_WIDTH = 320;
/** From it on, evidence has two columns. */
const MEDIUM_WIDTH = 640;
/** From it on, a chart and a table are readable without being asked for. */
const FULL_WIDTH = 960;

/** The layout for CSS pixels; `height` is `undefined` where the content decides it. */
export function sizeClass(width: number, height: number | undefined): SizeClass {
  const given = height ?? Infinity;
  if (given < TILE_HEIGHT) return 'tile';
  if (width < LINE_WIDTH || given < LINE_HEIGHT) return 'line';
  if (given < BRIEF_HEIGHT) return 'brief';
  if (width < MEDIUM_WIDTH) return 'narrow';
  return width < FULL_WIDTH ? 'medium' : 'full';
}
