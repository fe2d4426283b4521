// Everything a Perses panel stands in, from the outside in, as an application that embeds one sets
// it up.

import { CssBaseline, ThemeProvider } from '@mui/material';
import {
  ChartsProvider,
  SnackbarProvider,
  generateChartsTheme,
  getTheme,
} from '@perses-dev/components';
import { DatasourceStoreProvider, VariableProvider } from '@perses-dev/dashboards';
import { PluginRegistry, TimeRangeProvider, type PluginLoader } from '@perses-dev/plugin-system';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useMemo, useState, type ComponentProps, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { PageRequest } from './request';

const queryClient = new QueryClient({
  defaultOptions: { queries: { refetchOnWindowFocus: false, retry: 0 } },
});

type DatasourceApi = ComponentProps<typeof DatasourceStoreProvider>['datasourceApi'];

/** A datasource store with one Prometheus. */
export function datasourceApi(address: string): DatasourceApi {
  const datasource = {
    kind: 'GlobalDatasource',
    metadata: { name: 'prometheus' },
    spec: {
      default: true,
      plugin: { kind: 'PrometheusDatasource', spec: { directUrl: address, scrapeInterval: '15s' } },
    },
  } as const;
  return {
    getDatasource: () => Promise.resolve(undefined),
    getGlobalDatasource: () => Promise.resolve(datasource),
    listDatasources: () => Promise.resolve([]),
    listGlobalDatasources: () => Promise.resolve([datasource]),
  } as unknown as DatasourceApi;
}

interface LookProps {
  theme: 'light' | 'dark';
  children: ReactNode;
}

/** Perses's own look. */
export function Look({ theme: mode, children }: LookProps): ReactNode {
  const theme = useMemo(() => getTheme(mode), [mode]);
  const charts = useMemo(() => generateChartsTheme(theme, {}), [theme]);
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline />
      <ChartsProvider chartsTheme={charts}>
        <SnackbarProvider>{children}</SnackbarProvider>
      </ChartsProvider>
    </ThemeProvider>
  );
}

/** Plugins, queries and the time range, for the panel inside. */
export function Runtime({
  request,
  pluginLoader,
  children,
}: {
  request: PageRequest;
  pluginLoader: PluginLoader;
  children: ReactNode;
}): ReactNode {
  const [timeRange, setTimeRange] = useState({
    start: new Date(request.range.start * 1000),
    end: new Date(request.range.end * 1000),
  });
  const api = useMemo(() => datasourceApi(request.prometheus), [request.prometheus]);
  const dashboard = useMemo(emptyDashboard, []);
  return (
    <QueryClientProvider client={queryClient}>
      <PluginRegistry
        pluginLoader={pluginLoader}
        defaultPluginKinds={{
          Panel: 'InferenceTriage',
          TimeSeriesQuery: 'PrometheusTimeSeriesQuery',
        }}
      >
        <TimeRangeProvider
          timeRange={timeRange}
          refreshInterval="0s"
          setTimeRange={setTimeRange as never}
          setRefreshInterval={() => undefined}
        >
          <VariableProvider>
            <DatasourceStoreProvider dashboardResource={dashboard as never} datasourceApi={api}>
              {children}
            </DatasourceStoreProvider>
          </VariableProvider>
        </TimeRangeProvider>
      </PluginRegistry>
    </QueryClientProvider>
  );
}

function emptyDashboard(): object {
  const spec = { panels: {}, layouts: [], variables: [], duration: '1h', datasources: {} };
  return { kind: 'Dashboard', metadata: { name: 'incident', project: 'test' }, spec };
}

/** Puts a page up, with the theme under the test's control. */
export function show(request: PageRequest, content: ReactNode): void {
  const main = document.createElement('main');
  document.body.style.margin = '0';
  document.body.append(main);
  createRoot(main).render(
    <StrictMode>
      <Themed first={request.theme}>{content}</Themed>
    </StrictMode>,
  );
}

function Themed({ first, children }: { first: 'light' | 'dark'; children: ReactNode }): ReactNode {
  const [theme, setTheme] = useState(first);
  Object.assign(globalThis, { setTheme });
  return <Look theme={theme}>{children}</Look>;
}
