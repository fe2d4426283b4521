import {
  VisualizationSuggestionScore,
  type DataFrame,
  type PanelDataSummary,
  type VisualizationSuggestion,
} from '@grafana/data';

import type { PhasesOptions } from './options/types';

/** Names under which a serving engine exports its metrics, with whatever prefix in front. */
const SERVING_METRIC = /vllm[:_]\w/;

/** Suggests the panel for results that hold a serving engine's metrics, and for nothing else. */
export function suggest(
  summary: PanelDataSummary
): Array<VisualizationSuggestion<PhasesOptions>> | void {
  if (!summary.hasData || summary.isInstant || !summary.rawFrames?.some(isServing)) {
    return;
  }
  return [
    {
      name: 'Inference triage',
      description: 'Where the latency of LLM requests goes, and why',
      score: VisualizationSuggestionScore.Best,
      cardOptions: {
        // A card has room for the verdict; a diagnosis from a part of the series would be another
        // one.
        previewModifier: (suggestion) => {
          suggestion.options = { ...suggestion.options, sections: ['verdict', 'phases'] };
        },
        maxSeries: Number.MAX_SAFE_INTEGER,
      },
    },
  ];
}

function isServing({ fields, meta }: DataFrame): boolean {
  const texts = fields.flatMap(({ name, labels }) => [
    name,
    labels?.['__name__'] ?? '',
    labels?.['triage_role'] ?? '',
  ]);
  const isPlanned = fields.some(
    ({ name, labels }) => name === 'triage_role' || labels?.['triage_role'] !== undefined
  );
  return (
    isPlanned ||
    [...texts, meta?.executedQueryString ?? ''].some((text) => SERVING_METRIC.test(text))
  );
}
