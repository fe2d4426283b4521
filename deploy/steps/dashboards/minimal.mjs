// One panel with one query: the smallest dashboard that gives a verdict.

import { dashboard, row, triagePanel } from './document.mjs';
import { tags } from './plan-targets.mjs';

export function minimalDashboard(rawPlan) {
  const panel = triagePanel({
    title: 'Triage',
    description:
      'One query for every series of the engines, as it is. For large fleets the incident dashboard asks for sums.',
    targets: [{ refId: 'A', expr: rawPlan.raw_selector }],
    height: 25,
  });
  return dashboard({
    uid: 'inference-triage-minimal',
    title: 'Inference Triage: one query',
    description: 'The verdict from a single query; copy its panel into a dashboard of your own.',
    tags,
    rows: [row(undefined, [panel])],
    marksStarts: false,
  });
}
