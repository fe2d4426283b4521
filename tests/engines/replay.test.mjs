// Every recording of a real engine through the command-line program: the verdict, when it began,
// and whether the proven intervals hold what the clients measured.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';

import { root } from '../../deploy/steps/process.mjs';
import { expected, isNearOnset, recordings, replay } from './replay.mjs';
import { counted, data, dataFile, page, pageFile } from './table.mjs';

/**
 * Least share of the windows in which the clients' quantile lies inside the proven interval. Where
 * it does not, it lies above, because clients also measure HTTP, sockets and their own scheduling:
 * a few milliseconds on a time to first token of thirty, and tokens that arrive in one piece.
 */
const leastInside = { ttft: 0.6, tpot: 0.9, itl: 0.7, e2e: 0.85 };

const rows = [];

before(async () => {
  for (const id of recordings) rows.push(...(await replay(id)));
});

const each = (check) => {
  for (const row of rows) check(row, `${row.id}, ${row.window}: ${row.report.verdict.sentence}`);
};

describe('recordings of real engines', () => {
  test('all that is expected is recorded', () => {
    assert.deepEqual(Object.keys(expected).sort(), recordings);
    each(({ wanted }, text) => assert.ok(wanted.right.length > 0, text));
  });

  test('no fault is called healthy', () => {
    each(({ standing }, text) => assert.notEqual(standing, 'false healthy', text));
  });

  test('every verdict is right or an accepted neighbour, but for those listed as open', () => {
    each(({ standing, wanted }, text) => {
      if (wanted.open) assert.equal(standing, 'wrong', `no longer open? ${text}`);
      else assert.notEqual(standing, 'wrong', text);
    });
  });

  test('what is wrong began when it began', () => {
    each((row, text) => {
      if (row.late === undefined) return;
      const near = isNearOnset(row);
      if (row.wanted.late) assert.ok(!near, `no longer late? ${text}`);
      else assert.ok(near, `${row.late.toFixed(1)} s behind the onset; ${text}`);
    });
  });

  test('as many requests finished as the clients saw finish', () => {
    each(({ finished, report }, text) => {
      if (!finished) return;
      const count = report.window.finished_requests;
      const { least, most } = finished;
      assert.ok(count >= least && count <= most, `${count}, clients ${least} to ${most}; ${text}`);
    });
  });

  test('no proven interval lies above what the clients measured', () => {
    each(({ intervals, wanted }, text) => {
      const below = intervals.filter(({ place }) => place === 'below');
      const names = below.map(({ signal, q }) => `${signal} ${q}`);
      const listed = (wanted.below ?? []).map((line) => line.split(':')[0]);
      assert.deepEqual(names, listed, text);
    });
  });

  test('most of them hold it', () => {
    const places = counted(rows);
    for (const [signal, least] of Object.entries(leastInside)) {
      const { inside, above, below } = places[signal];
      const share = inside / (inside + above + below);
      assert.ok(share >= least, `${signal}: ${share}`);
    }
  });

  test('docs/recordings.md is up to date', () => {
    const written = readFileSync(path.join(root, pageFile), 'utf8');
    assert.equal(written, page(rows), '`npm run replay` writes it');
  });

  test('docs/recordings.json is up to date', () => {
    const written = readFileSync(path.join(root, dataFile), 'utf8');
    assert.equal(written, data(rows), '`npm run replay` writes it');
  });
});
