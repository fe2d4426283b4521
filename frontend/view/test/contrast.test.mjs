import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { load } from './load.mjs';

const { defaultPalette } = await load('src/theme/palette.ts');

/** Text tokens and what they stand on: 4.5 : 1. */
const SOFT = ['critical-soft', 'warning-soft', 'ok-soft', 'info-soft', 'unknown-soft'];
const TEXT = {
  text: ['background', 'surface', ...SOFT],
  'text-muted': ['background', 'surface', ...SOFT],
  accent: ['background', 'surface'],
  'on-accent': ['accent'],
  critical: ['background', 'surface', 'critical-soft'],
  warning: ['background', 'surface', 'warning-soft'],
  ok: ['background', 'surface', 'ok-soft'],
  info: ['background', 'surface', 'info-soft'],
  unknown: ['background', 'surface', 'unknown-soft'],
  'on-front-end': ['front-end'],
  'on-queue': ['queue'],
  'on-prefill': ['prefill'],
  'on-decode': ['decode'],
};

/** Marks and what they stand on: 3 : 1. */
const MARKS = {
  'front-end': ['background'],
  queue: ['background'],
  prefill: ['background'],
  decode: ['background'],
  kv: ['background'],
  objective: ['background'],
};

const THEMES = ['light', 'dark'].flatMap((scheme) => [{ scheme }, { scheme, highContrast: true }]);

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test('the ratio is the one of WCAG', () => {
  assert.ok(Math.abs(ratio('#000000', '#ffffff') - 21) < 1e-9);
  assert.ok(Math.abs(ratio('#777777', '#ffffff') - 4.48) < 0.005);
});

for (const theme of THEMES) {
  const name = `${theme.scheme}${theme.highContrast ? ', high contrast' : ''}`;
  const palette = defaultPalette(theme);
  const least = theme.highContrast ? { text: 7, mark: 3 } : { text: 4.5, mark: 3 };
  for (const [pairs, kind] of [
    [TEXT, 'text'],
    [MARKS, 'mark'],
  ]) {
    test(`${name}: every ${kind} reaches ${least[kind]} : 1`, () => {
      for (const [token, grounds] of Object.entries(pairs)) {
        for (const ground of grounds) {
          const wanted = kind === 'text' && /^on-/.test(token) ? 4.5 : least[kind];
          const got = ratio(palette[token], palette[ground]);
          assert.ok(got >= wanted, `${token} on ${ground}: ${got.toFixed(2)}`);
        }
      }
    });
  }
}

test('every token that a style sheet uses exists, and every token is used', () => {
  const folder = new URL('../src/theme/styles/', import.meta.url);
  const styles = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const used = new Set([...styles.matchAll(/var\(--it-([a-z-]+)/g)].map(([, token]) => token));
  used.delete('font');
  const known = Object.keys(defaultPalette({ scheme: 'light' }));
  assert.deepEqual(
    [...used].filter((token) => !known.includes(token)),
    [],
  );
  assert.deepEqual(
    known.filter((token) => !used.has(token)),
    [],
  );
});
