// The dashboard for the moment when something is slow: the verdict first, then the evidence in the
// order of the phases.

import { kueue, replicas } from './cluster.mjs';
import { devices } from './devices.mjs';
import { dashboard, row, triagePanel } from './document.mjs';
import { byReplica, latency, memory, scheduler, workload } from './drill-downs.mjs';
import { deviceVariables } from './hardware.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function incidentDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Triage',
    description:
      'Which phase holds the time, why, and the first step. Drag over a strip to diagnose only that window; the dashboard keeps its range.',
    targets: planTargets(plan),
    height: 32,
  });
  return dashboard({
    uid: 'inference-triage-incident',
    title: 'Inference Triage: incident',
    description:
      'Where the latency of an LLM serving engine goes, why, and what to do next; below it the evidence.',
    tags,
    variables: [...engineVariables(metrics), ...deviceVariables()],
    rows: [
      row(undefined, [panel]),
      latency(metrics),
      scheduler(metrics),
      memory(metrics),
      workload(metrics),
      byReplica(metrics),
      devices(),
      replicas(),
      kueue(),
    ],
  });
}
