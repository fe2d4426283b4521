import { FieldConfigProperty, PanelPlugin } from '@grafana/data';

import { addOptions } from './options/editor';
import { migrateOptions, needsMigration } from './options/migrate';
import type { PhasesOptions } from './options/types';
import { PhasesPanel } from './panel/PhasesPanel';
import { suggest } from './suggestions';

export const plugin = new PanelPlugin<PhasesOptions>(PhasesPanel)
  .setPanelOptions(addOptions)
  .setNoPadding()
  .useFieldConfig({
    // Links are the only standard option of fields that means something here.
    disableStandardOptions: Object.values(FieldConfigProperty).filter(
      (one) => one !== FieldConfigProperty.Links
    ),
  })
  .setMigrationHandler(migrateOptions, needsMigration)
  .setDataSupport({ annotations: true })
  .setSuggestionsSupplier(suggest);
