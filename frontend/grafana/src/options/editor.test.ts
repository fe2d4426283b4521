import { PanelOptionsEditorBuilder, standardEditorsRegistry } from '@grafana/data';
import { set } from 'lodash';

import { addOptions } from './editor';
import { readOptions } from './read';
import { defaultOptions, OPTION_SETTINGS, type PhasesOptions } from './types';

// Grafana registers its editors when it starts; what they draw is its own affair.
standardEditorsRegistry.setInit(() =>
  ['select', 'multi-select', 'number', 'text', 'radio'].map((id) => ({
    id,
    name: id,
    editor: () => null,
  }))
);

const builder = new PanelOptionsEditorBuilder<PhasesOptions>();
addOptions(builder);
const items = builder.getItems();

/** What Grafana saves when somebody sets one option of a new panel. */
function saved(path: string, value: unknown): unknown {
  const options = {};
  for (const item of items) {
    if (item.defaultValue !== undefined) {
      set(options, item.path, item.defaultValue);
    }
  }
  return set(options, path, value);
}

describe('option editors', () => {
  it('start with the default options', () => {
    expect(readOptions(saved('schema', 2))).toEqual(defaultOptions());
  });

  it.each([
    ['slo.profile', 'agent'],
    ['slo.targets.ttft', 1.5],
    ['slo.targets.itl', 0.04],
    ['slo.targets.tpot', 0.06],
    ['slo.targets.e2e', 12],
    ['slo.quantile', 0.99],
    ['baseline.mode', 'offset'],
    ['baseline.start', '2026-01-31T14:00:00Z'],
    ['baseline.end', '2026-01-31T14:30:00Z'],
    ['baseline.offset', '1w'],
    ['scope.model', '$model'],
    ['scope.replica', 'pod-0/0'],
    ['prefix', 'our:'],
    ['grouping', 'model'],
    ['limits.max_num_seqs', 16],
    ['limits.kv_capacity_tokens', 90_000],
    ['limits.max_model_len', 8192],
    ['sections', ['verdict', 'strips']],
  ])('set %p, and the panel reads it', (path, value) => {
    expect(items.map((item) => item.path)).toContain(path);
    expect(readOptions(saved(path, value))).toEqual(set(defaultOptions(), path, value));
  });

  it('are there for every setting but those by any name, besides grouping and version', () => {
    const expected = OPTION_SETTINGS.flatMap(({ path, kind, ids = [] }) =>
      kind === 'number-by-id'
        ? ids.map((id) => `${path}.${id}`)
        : kind === 'number-by-name'
          ? []
          : [path]
    );
    expect(items.map(({ path }) => path)).toEqual([...expected, 'grouping', 'runbook', 'schema']);
  });

  it('show the fields of a baseline only with their way of choosing it', () => {
    const shown = (mode: PhasesOptions['baseline']['mode']) => {
      const options: PhasesOptions = { ...defaultOptions(), baseline: { mode } };
      return items
        .filter(({ path, showIf }) => /^baseline\./.test(path) && (showIf?.(options) ?? true))
        .map(({ path }) => path);
    };
    expect(shown('auto')).toEqual(['baseline.mode']);
    expect(shown('range')).toEqual(['baseline.mode', 'baseline.start', 'baseline.end']);
    expect(shown('offset')).toEqual(['baseline.mode', 'baseline.offset']);
  });
});
