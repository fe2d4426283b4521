// How much of the view fits a container.

import type { SizeClass } from '../contract.js';

const LINE_WIDTH = 320;
const LINE_HEIGHT = 140;
const BAR_WIDTH = 640;
const MATRIX_WIDTH = 960;

/** The class of a container in CSS pixels; `height` is `undefined` where the content decides it. */
export function sizeClass(width: number, height: number | undefined): SizeClass {
  if (width < LINE_WIDTH || (height !== undefined && height < LINE_HEIGHT)) return 'line';
  if (width < BAR_WIDTH) return 'bar';
  if (width < MATRIX_WIDTH) return 'matrix';
  return 'all';
}
