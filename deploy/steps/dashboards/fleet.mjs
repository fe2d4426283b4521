// The dashboard for many replicas: which one differs, and by what.

import { dashboard, row, triagePanel } from './document.mjs';
import { fleet } from './drill-downs.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function fleetDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Replicas',
    description:
      'One row for each replica, the most unusual first. Click one to see its own verdict.',
    targets: planTargets(plan),
    sections: ['verdict', 'phases'],
    height: 16,
  });
  return dashboard({
    uid: 'inference-triage-fleet',
    title: 'Inference Triage: fleet',
    description:
      'The replicas of LLM serving engines side by side: which one differs, and by what.',
    tags,
    variables: engineVariables(metrics),
    rows: [row(undefined, [panel]), fleet(metrics, { title: 'Every replica' })],
  });
}
