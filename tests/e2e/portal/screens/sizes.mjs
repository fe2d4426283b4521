// The sizes and looks of the matrix of screens.

/** Grafana's grid on a screen of 1440: cells of 60.7 × 38 px, 8 px between, a border of 1 px. */
const cells = (columns, rows) => ({
  id: `${columns}x${rows}`,
  width: Math.round(columns * 60.7 - 8) - 2,
  height: rows * 38 - 8 - 2,
});

/**
 * `height` absent: the content decides, as on a page; `opens`: every folded part is opened. Those of
 * a `sheet` are looked at together.
 */
export const sizes = [
  ...[cells(3, 2), cells(6, 4), cells(12, 8)].map((size) => ({ ...size, sheet: 'small' })),
  { id: '640', width: 640, sheet: 'small' },
  { id: '360', width: 360, sheet: 'small' },
  { ...cells(24, 16), sheet: 'large' },
  { id: '1000', width: 1000, sheet: 'large' },
  { id: '1600', width: 1600, sheet: 'wide' },
  { id: '360-open', width: 360, opens: true, sheet: 'open-360' },
  { id: '640-open', width: 640, opens: true, sheet: 'open-640' },
  { id: '1600-open', width: 1600, opens: true, sheet: 'open-1600' },
];

export const looks = ['light', 'dark'];
