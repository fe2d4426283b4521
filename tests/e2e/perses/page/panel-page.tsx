// One panel with its queries, whichever way the plugin was loaded.

import { Panel } from '@perses-dev/dashboards';
import {
  DataQueriesProvider,
  useSuggestedStepMs,
  useTimeRange,
  type PluginLoader,
} from '@perses-dev/plugin-system';
import { useMemo, type ReactNode } from 'react';
import { Runtime, show } from './providers';
import { queryDefinitions } from 'perses-release';
import { pageRequest, type PageRequest } from './request';

/** Shows what the address asks for. */
export function showPanel(pluginLoader: PluginLoader): void {
  const request = pageRequest();
  show(
    request,
    <Runtime request={request} pluginLoader={pluginLoader}>
      <Queried request={request} />
    </Runtime>,
  );
}

function Queried({ request }: { request: PageRequest }): ReactNode {
  const { width, height } = request.size;
  const suggestedStepMs = useSuggestedStepMs(width);
  const { refresh } = useTimeRange();
  Object.assign(globalThis, { refresh });
  const definitions = useMemo(() => queryDefinitions(request.panel.queries), [request]);
  const definition = useMemo(() => ({ kind: 'Panel' as const, spec: request.panel }), [request]);
  return (
    <DataQueriesProvider definitions={definitions} options={{ suggestedStepMs, mode: 'range' }}>
      <div style={{ width, height }}>
        <Panel panelOptions={{ showIcons: 'always' }} definition={definition as never} />
      </div>
    </DataQueriesProvider>
  );
}
