import { FieldConfigProperty, PanelPlugin } from '@grafana/data';

import { addOptions } from './options/editor';
import { migrateOptions, needsMigration } from './options/migrate';
import type { PhasesOptions } from './options/types';
import { PhasesPanel } from './panel/PhasesPanel';
import { suggest } from './suggestions';

/** The only standard options of fields that mean something here: links to follow and actions to take. */
const FIELD_OPTIONS = [FieldConfigProperty.Links, FieldConfigProperty.Actions];

export const plugin = new PanelPlugin<PhasesOptions>(PhasesPanel)
  .setPanelOptions(addOptions)
  .useFieldConfig({
    disableStandardOptions: Object.values(FieldConfigProperty).filter((one) => !FIELD_OPTIONS.includes(one)),
  })
  .setMigrationHandler(migrateOptions, needsMigration)
  .setDataSupport({ annotations: true })
  .setSuggestionsSupplier(suggest);
