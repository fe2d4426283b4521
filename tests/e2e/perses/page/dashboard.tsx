// A dashboard as code, with its variables, drawn by Perses's own dashboard view.

import { ViewDashboard } from '@perses-dev/dashboards';
import {
  PluginRegistry,
  TimeRangeProvider,
  ValidationProvider,
  remotePluginLoader,
} from '@perses-dev/plugin-system';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useMemo, useState, type ComponentProps, type ReactNode } from 'react';
import { MemoryRouter } from 'react-router-dom';
import { QueryParamProvider } from 'use-query-params';
import { ReactRouter6Adapter } from 'use-query-params/adapters/react-router-6';
import { serverOptions } from 'perses-release';
import { datasourceApi, show } from './providers';
import { pageRequest } from './request';

const request = pageRequest();
const queryClient = new QueryClient({
  defaultOptions: { queries: { refetchOnWindowFocus: false, retry: 0 } },
});
const pluginLoader = remotePluginLoader(serverOptions());

function Dashboard(): ReactNode {
  const [timeRange, setTimeRange] = useState({
    start: new Date(request.range.start * 1000),
    end: new Date(request.range.end * 1000),
  });
  const view = useMemo(viewProps, []);
  return (
    <QueryClientProvider client={queryClient}>
      <PluginRegistry
        pluginLoader={pluginLoader}
        defaultPluginKinds={{
          Panel: 'InferenceTriage',
          TimeSeriesQuery: 'PrometheusTimeSeriesQuery',
        }}
      >
        <ValidationProvider>
          <TimeRangeProvider
            timeRange={timeRange}
            refreshInterval="0s"
            setTimeRange={setTimeRange as never}
            setRefreshInterval={() => undefined}
          >
            <div style={{ width: request.size.width, height: request.size.height }}>
              <ViewDashboard {...view} />
            </div>
          </TimeRangeProvider>
        </ValidationProvider>
      </PluginRegistry>
    </QueryClientProvider>
  );
}

/** Later releases ask for more switches than earlier ones know. */
function viewProps(): ComponentProps<typeof ViewDashboard> {
  const switches = {
    isReadonly: true,
    isVariableEnabled: true,
    isDatasourceEnabled: false,
    isAnnotationEnabled: false,
  };
  const data = {
    dashboardResource: request.dashboard,
    datasourceApi: datasourceApi(request.prometheus),
  };
  return { ...data, ...switches } as unknown as ComponentProps<typeof ViewDashboard>;
}

show(
  request,
  <MemoryRouter
    initialEntries={[`/?start=${request.range.start * 1000}&end=${request.range.end * 1000}`]}
  >
    <QueryParamProvider adapter={ReactRouter6Adapter}>
      <Dashboard />
    </QueryParamProvider>
  </MemoryRouter>,
);
