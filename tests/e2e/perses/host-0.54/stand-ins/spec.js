// Stands in for @perses-dev/spec, which the registry lacks: the functions of the earlier core under
// their new names, and schemas that accept everything. A page that shows one panel validates
// nothing.

import { z } from 'zod';

export * from 'perses-core-0.52';
export { intervalToPrometheusDuration as intervalToDuration } from 'perses-core-0.52';

const anything = z.any();
const buildAnything = () => anything;

export {
  anything as annotationSpecSchema,
  anything as datasourceSpecSchema,
  anything as panelDefinitionSchema,
  anything as variableDefinitionSchema,
  buildAnything as buildAnnotationSpecSchema,
  buildAnything as buildDatasourceSpecSchema,
  buildAnything as buildPanelDefinitionSchema,
  buildAnything as buildVariableDefinitionSchema,
};
