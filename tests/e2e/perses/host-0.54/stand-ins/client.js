// Stands in for @perses-dev/client, which the registry lacks: the requests of the earlier core, and
// a schema that accepts everything.

import { z } from 'zod';

export { fetch, fetchJson } from 'perses-core-0.52';

const anything = z.any();

export { anything as datasourceDefinitionSchema };
export const buildDatasourceDefinitionSchema = () => anything;
