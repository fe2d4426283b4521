// The query plan as the packaged engine gives it to Grafana.

import { loadEngine } from '@inference-triage/engine';
import { wasmBytes } from '@inference-triage/engine/inline';

const loaded = await loadEngine(wasmBytes);
if (loaded.state !== 'ready') throw new Error(`${loaded.reason}: ${loaded.cure}`);

/** The plan for Grafana, which fills in the step itself. */
export const planFor = (options = {}) =>
  loaded.engine.plan('vllm', { stepMs: 15_000, dialect: 'grafana', ...options });

/** The planned queries as targets of a panel, all in one format. */
export const plannedTargets = (format) =>
  planFor().queries.map(({ role, promql }) => ({ refId: role, expr: promql, range: true, format }));
