// The query plan as a dashboard of Perses has it.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../../deploy/steps/process.mjs';
import { loadEngine } from '../../../frontend/engine/dist/index.js';
import { queryOf } from './pages.mjs';

/** Queries of a panel: planned, all replicas apart. */
export async function plannedQueries(options = {}) {
  const { queries } = await planOf(options);
  return queries.map(({ promql }) => queryOf(promql));
}

/** One query for everything. */
export async function rawQuery() {
  const { rawSelector } = await planOf();
  return queryOf(rawSelector);
}

async function planOf(options) {
  const module = readFileSync(path.join(root, 'frontend/engine/dist/inference_triage.wasm'));
  const loaded = await loadEngine(new Uint8Array(module));
  if (loaded.state !== 'ready') throw new Error(loaded.reason);
  return loaded.engine.plan('vllm', { stepMs: 0, dialect: 'perses', ...options });
}
