// The dashboard for the question whether replicas are missing: what the verdict takes from the
// scheduling layer, then replicas, pods, autoscaler and quota.

import { dashboard, row, triagePanel } from './document.mjs';
import { kueue, replicas } from './cluster.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function schedulingDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Triage',
    description:
      'The verdict with what Kubernetes, its autoscaler and Kueue say of the replicas. The charts below show every workload of the namespaces of the engines.',
    targets: planTargets(plan),
    sections: ['verdict', 'phases', 'evidence'],
    height: 18,
  });
  return dashboard({
    uid: 'inference-triage-scheduling',
    title: 'Inference Triage: scheduling',
    description:
      'Replicas of LLM serving engines that are wanted, scheduled and ready, why the others are not, and the quota in Kueue.',
    tags,
    variables: engineVariables(metrics),
    rows: [row(undefined, [panel]), replicas({ open: true }), kueue({ open: true })],
  });
}
