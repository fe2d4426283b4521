// The dashboard for a screen on the wall: one large verdict for each model, read from a distance.

import { dashboard, row, triagePanel } from './document.mjs';
import { engineVariables, planTargets, tags } from './plan-targets.mjs';

export function wallDashboard(plan, metrics) {
  const panel = triagePanel({
    title: '$model',
    description: 'How bad, of which model, since when. The incident dashboard says why.',
    targets: planTargets(plan),
    sections: ['verdict', 'phases'],
    textSize: 'wall',
    repeat: 'model',
    width: 12,
    height: 13,
  });
  return dashboard({
    uid: 'inference-triage-wall',
    title: 'Inference Triage: wall board',
    description:
      'One large verdict for each model, for a screen on the wall; open it with ?kiosk at the end of its address.',
    tags,
    variables: engineVariables(metrics),
    rows: [row(undefined, [panel])],
    range: 'now-30m',
  });
}
