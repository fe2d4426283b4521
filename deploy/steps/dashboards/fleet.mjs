// The dashboard for many replicas: which one differs, and by what.

import { choiceVariable, dashboard, row, triagePanel } from './document.mjs';
import { byReplica } from './drill-downs.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function fleetDashboard(plan, metrics) {
  const panel = triagePanel({
    title: 'Replicas',
    description:
      'One row for each replica, those that stand out first. Click a name to diagnose that replica alone.',
    targets: planTargets(plan),
    sections: ['verdict', 'fleet', 'phases', 'strips'],
    height: 24,
  });
  return dashboard({
    uid: 'inference-triage-fleet',
    title: 'Inference Triage: fleet',
    description:
      'The replicas of LLM serving engines side by side: which one differs, and by what.',
    tags,
    variables: [
      ...engineVariables(metrics),
      choiceVariable({
        name: 'by',
        label: 'Charts by',
        description: 'The label whose values are the lines of the charts',
        choices: ['instance', 'pod', 'namespace', 'job', 'model_name'],
      }),
    ],
    rows: [
      row(undefined, [panel]),
      byReplica(metrics, { title: 'Charts of the replicas', labels: ['$by', 'engine'] }),
    ],
  });
}
