// The services that Grafana's core gives to plugins and scenes, with the real Prometheus data
// source among them.

import { EventBusSrv, LoadingState, PluginType } from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { PrometheusDatasource } from '@grafana/prometheus';
import { sceneGraph } from '@grafana/scenes';
import { catchError, delayWhen, from, isObservable, map, of, startWith, timer } from 'rxjs';

import { getPanelPluginFromCache, importPanelPlugin } from './plugins.mjs';
import { setting, subPath } from './setting.mjs';

/** Address of the data source in queries and dashboards. */
export const dataSourceRef = { uid: 'prometheus', type: 'prometheus' };

const dataSourceSettings = {
  ...dataSourceRef,
  id: 1,
  name: 'Prometheus',
  access: 'proxy',
  isDefault: true,
  readOnly: false,
  url: '/api/datasources/proxy/uid/prometheus',
  meta: {
    id: 'prometheus',
    name: 'Prometheus',
    module: '',
    baseUrl: '',
    type: PluginType.datasource,
    info: {},
  },
  jsonData: {
    httpMethod: 'GET',
    timeInterval: '15s',
    disableRecordingRules: true,
    prometheusType: 'Prometheus',
    prometheusVersion: '2.42.0',
  },
};

/**
 * When the first answer was handed to each panel, by its key: milliseconds as `performance.now`
 * counts them.
 */
export const answeredAt = new Map();

/**
 * Gives every service to `@grafana/runtime`; variables are looked up in `scene` unless a query
 * names a part of it.
 */
export function provideServices(scene) {
  runtime.setAppEvents(new EventBusSrv());
  runtime.setEchoSrv({ flush() {}, addBackend() {}, addEvent() {} });
  runtime.setPluginImportUtils({ importPanelPlugin, getPanelPluginFromCache });
  runtime.setBackendSrv({
    fetch: (request) => from(send(request)),
    get: (url, params) => read({ url, params }),
  });
  runtime.setTemplateSrv({
    replace: (text, scopedVars, format) =>
      sceneGraph.interpolate(
        scopedVars?.__sceneObject?.value?.valueOf() ?? scene,
        text,
        scopedVars,
        format,
      ),
    getVariables: () => [],
    containsTemplate: (text) => /\$\w|\$\{|\[\[/.test(text ?? ''),
    updateTimeRange() {},
  });
  const dataSource = new PrometheusDatasource(dataSourceSettings);
  dataSource.meta = dataSourceSettings.meta;
  runtime.setDataSourceSrv({
    get: async () => dataSource,
    getList: () => [dataSourceSettings],
    getInstanceSettings: () => dataSourceSettings,
    reload: async () => {},
    registerRuntimeDataSource() {},
  });
  runtime.setRunRequest(runRequest);
  runtime.setPluginLinksHook?.(() => ({ links: [], isLoading: false }));
  runtime.setPluginComponentsHook?.(() => ({ components: [], isLoading: false }));
}

/**
 * First that the query is under way, then its answer: failed queries beside the frames of the
 * others. Variables bring a `query` of their own.
 */
function runRequest(dataSource, request, query = (one) => dataSource.query(one)) {
  const data = { series: [], annotations: [], timeRange: request.range, request };
  const panel = panelBehind(request);
  const wait = answeredAt.has(panel) ? 0 : (setting.panels[indexOf(panel)]?.delay ?? 0);
  const answer = query(request);
  return (isObservable(answer) ? answer : from(answer)).pipe(
    delayWhen(() => timer(wait)),
    map(({ data: series, errors = [], error = errors[0], state }) => {
      if (!answeredAt.has(panel)) answeredAt.set(panel, performance.now());
      const outcome = error ? LoadingState.Error : (state ?? LoadingState.Done);
      return { ...data, series, errors, error, state: outcome };
    }),
    catchError((error) => of({ ...data, state: LoadingState.Error, error, errors: [error] })),
    startWith({ ...data, state: LoadingState.Loading }),
  );
}

/** Key of the panel whose query runner asks; a variable has none. */
const panelBehind = ({ scopedVars }) =>
  scopedVars?.__sceneObject?.value?.valueOf().parent?.state.key;

/** Keys are `panel-1`, `panel-2` and so on. */
const indexOf = (panel) => Number(panel?.split('-').at(-1)) - 1;

async function read(request) {
  return (await send(request)).data;
}

async function send({ url, method = 'GET', data, params, headers = {} }) {
  const query = new URLSearchParams(Object.entries(params ?? {}).flatMap(pairs)).toString();
  const address = `${subPath}/${url.replace(/^\//, '')}${query ? `?${query}` : ''}`;
  const body = data === undefined ? undefined : JSON.stringify(data);
  const response = await fetch(address, {
    method,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const answer = await response.json();
  if (!response.ok)
    throw Object.assign(new Error(response.statusText), { status: response.status, data: answer });
  return {
    data: answer,
    status: response.status,
    ok: true,
    headers: response.headers,
    url,
    config: { url },
  };
}

const pairs = ([name, value]) => [value].flat().map((single) => [name, single]);
