// The registries that Grafana's core fills before any plugin registers its options.

import {
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

const editors = [
  'number text boolean select multi-select radio unit color slider strings timezone field-name stats-picker links mappings',
  'thresholds fieldColor dashboard-uid actions combobox multi-combobox button-group',
];

const fieldProperties = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
  actions: identityOverrideProcessor,
};

const nothing = () => null;

/** Fills the registries; editors draw nothing, because the page shows panels and no option pane. */
export function fillRegistries() {
  const names = editors.join(' ').split(' ');
  standardEditorsRegistry.setInit(() => names.map((id) => ({ id, name: id, editor: nothing })));
  standardFieldConfigEditorRegistry.setInit(() =>
    Object.entries(fieldProperties).map(([id, process]) => ({
      id,
      path: id,
      name: id,
      description: '',
      settings: {},
      process,
      shouldApply: () => true,
      editor: nothing,
      override: nothing,
    })),
  );
  standardTransformersRegistry.setInit(() => []);
}
