// What the dashboards have in common: the queries of the plan and the variables that select
// engines.

import { labelVariable, selection } from './document.mjs';

export const tags = ['inference', 'llm', 'vllm'];

/** One query for each role of the plan, named by its role. */
export const planTargets = ({ queries }) =>
  queries.map(({ role, promql }) => ({ refId: role, expr: promql }));

/**
 * The variable that holds the namespaces of the engines, so that what surrounds them is asked for
 * there and nowhere else; empty where engines run in none.
 */
export const namespaces = '$namespace';

/** Variables that narrow the engines down, each by those before it. */
export function engineVariables(metrics) {
  const running = metrics.name('running');
  return [
    labelVariable({ name: 'model', label: 'Model', metric: running, of: 'model_name' }),
    labelVariable({ name: 'job', label: 'Job', metric: `${running}{model_name=~"$model"}` }),
    labelVariable({
      name: 'instance',
      label: 'Instance',
      metric: `${running}{model_name=~"$model",job=~"$job"}`,
    }),
    labelVariable({
      name: 'namespace',
      label: 'Namespace',
      description: 'The namespaces of the selected engines: schedulers and devices are asked there',
      metric: `${running}{${selection}}`,
      isExact: true,
      isHidden: true,
    }),
  ];
}
