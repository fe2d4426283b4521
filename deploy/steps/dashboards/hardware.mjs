// The dashboard for the question whether the devices are the cause: what the verdict takes from
// them, then every device.

import { dashboard, labelVariable, row, triagePanel } from './document.mjs';
import { devices } from './devices.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

/** The variables of the rows about devices. */
export const deviceVariables = () => [
  labelVariable({
    name: 'gpu_job',
    label: 'GPU job',
    description: 'The scrape job of the DCGM exporter, for the charts of devices',
    metric: 'DCGM_FI_DEV_SM_CLOCK',
    of: 'job',
  }),
  labelVariable({
    name: 'gpu_exporter',
    label: 'GPU exporter',
    description: 'One exporter a node: choose the nodes of the engine',
    metric: 'DCGM_FI_DEV_SM_CLOCK{job=~"$gpu_job"}',
    of: 'instance',
  }),
];

export function hardwareDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Triage',
    description:
      'The verdict with what the devices of these engines say for and against it. The charts below show every device of the exporters chosen above.',
    targets: planTargets(plan),
    sections: ['verdict', 'phases', 'evidence'],
    height: 18,
  });
  return dashboard({
    uid: 'inference-triage-hardware',
    title: 'Inference Triage: hardware',
    description:
      'The devices below LLM serving engines: clocks and what holds them back, power, errors, memory, and the CPU quota of the pods.',
    tags,
    variables: [...engineVariables(metrics), ...deviceVariables()],
    rows: [row(undefined, [panel]), devices({ open: true })],
  });
}
