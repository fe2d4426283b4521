// Every recording in the repository: its files belong together, and its figures are those of its
// own lines. Some were made by another program, so that the figures have a second source.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { root } from '../process.mjs';
import { figuresOf } from './client-figures.mjs';

const folder = path.join(root, 'tests/engines/recordings');

/**
 * How far a figure may be off: lines are rounded to a tenth of a millisecond, so a moment at the
 * edge of a window may fall on its other side.
 */
const tolerance = { relative: 0.02, seconds: 0.0005, count: 12 };

for (const id of existsSync(folder) ? readdirSync(folder) : []) {
  const place = path.join(folder, id);
  const truth = JSON.parse(readFileSync(path.join(place, 'truth.json'), 'utf8'));
  const unpacked = (name) => gunzipSync(readFileSync(path.join(place, name))).toString();

  test(`${id}: what the clients measured follows from their requests`, () => {
    const lines = unpacked('client.jsonl.gz')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const [window, stated] of Object.entries(truth.client)) {
      const computed = figuresOf(lines, truth.windows[window]);
      for (const signal of ['ttft', 'itl', 'e2e', 'tpot']) {
        for (const [name, figure] of Object.entries(stated[signal] ?? {})) {
          const allowed = name === 'n' ? tolerance.count : tolerance.seconds;
          const off = Math.abs(computed[signal][name] - figure);
          assert.ok(
            off <= Math.max(allowed, tolerance.relative * figure),
            `${window} ${signal} ${name}: ${computed[signal][name]}, stated ${figure}`,
          );
        }
      }
    }
  });

  test(`${id}: the series span the recording`, () => {
    const { status, data } = JSON.parse(unpacked('response.json.gz'));
    assert.equal(status, 'success');
    const times = data.result.flatMap(({ values }) => values.map(([time]) => time));
    const first = times.reduce((least, time) => Math.min(least, time), Infinity);
    const last = times.reduce((most, time) => Math.max(most, time), 0);
    assert.ok(Math.abs(first - truth.start) <= 2 * truth.scrape_s, `from ${first}`);
    assert.ok(Math.abs(last - truth.end) <= 2 * truth.scrape_s, `to ${last}`);
    const instances = new Set(data.result.map(({ metric }) => metric.instance));
    assert.equal(instances.size, truth.replicas);
  });
}
