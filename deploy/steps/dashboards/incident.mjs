// The dashboard for the moment when something is slow: the verdict first, then the evidence in the
// order of the phases.

import { dashboard, labelVariable, row, triagePanel } from './document.mjs';
import { fleet, latency, memory, scheduler, workload } from './drill-downs.mjs';
import { hardware, kueue } from './neighbours.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function incidentDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Triage',
    description:
      'Which phase holds the time, why, and the first step. Drag over a strip to diagnose only that window; the dashboard keeps its range.',
    targets: planTargets(plan),
    height: 32,
  });
  const gpuJob = labelVariable({
    name: 'gpu_job',
    label: 'GPU job',
    description: 'The scrape job of the DCGM exporter, for the hardware row',
    metric: 'DCGM_FI_DEV_GPU_UTIL',
    of: 'job',
  });
  return dashboard({
    uid: 'inference-triage-incident',
    title: 'Inference Triage: incident',
    description:
      'Where the latency of an LLM serving engine goes, why, and what to do next; below it the evidence.',
    tags,
    variables: [...engineVariables(metrics), gpuJob],
    rows: [
      row(undefined, [panel]),
      latency(metrics),
      scheduler(metrics),
      memory(metrics),
      workload(metrics),
      fleet(metrics),
      hardware(),
      kueue(),
    ],
  });
}
