// The scene of the page: one query runner and one panel for each entry of the setting, as a
// dashboard has them.

import {
  ConstantVariable,
  CustomVariable,
  DataSourceVariable,
  EmbeddedScene,
  QueryVariable,
  SceneFlexItem,
  SceneFlexLayout,
  SceneGridItem,
  SceneGridLayout,
  SceneQueryRunner,
  SceneTimeRange,
  SceneVariableSet,
  TextBoxVariable,
  VariableValueSelectors,
  VizPanel,
} from '@grafana/scenes';

import { dataSourceRef } from './services.mjs';
import { setting } from './setting.mjs';

/** Variables of a dashboard by their type. */
const variableOf = {
  constant: ({ name, query }) => new ConstantVariable({ name, value: query }),
  custom: ({ name, label, query }) => new CustomVariable({ name, label, query }),
  datasource: ({ name, label }) => new DataSourceVariable({ name, label, pluginId: 'prometheus' }),
  query: ({ name, label, query, includeAll, multi, allValue, regex, hide }) =>
    new QueryVariable({
      name,
      label,
      query,
      includeAll,
      isMulti: multi,
      allValue,
      regex,
      datasource: dataSourceRef,
      defaultToAll: includeAll,
      hide,
    }),
  textbox: ({ name, label, query }) => new TextBoxVariable({ name, label, value: query }),
};

function panelOf(
  { pluginId, title = '', targets = [], options = {}, fieldConfig, description, transparent },
  index,
) {
  const queries = targets.map((target) => ({ ...target, datasource: dataSourceRef }));
  const $data =
    queries.length === 0 ? undefined : new SceneQueryRunner({ datasource: dataSourceRef, queries });
  return new VizPanel({
    key: `panel-${index + 1}`,
    title,
    description,
    pluginId,
    options,
    fieldConfig: fieldConfig ?? { defaults: {}, overrides: [] },
    displayMode: transparent ? 'transparent' : 'default',
    $data,
    // Grafana's dashboards do so: what a panel kept of earlier values is emptied under its hands.
    _UNSAFE_clearPreviousFieldValues: true,
  });
}

function gridOf(panels) {
  const children = setting.panels.map(({ gridPos: { x, y, w, h } }, index) => {
    return new SceneGridItem({
      x,
      y,
      width: w,
      height: h,
      isResizable: false,
      isDraggable: false,
      body: panels[index],
    });
  });
  return new SceneGridLayout({ isLazy: false, children });
}

function rowOf(panels) {
  const children = setting.panels.map(({ width, height }, index) => {
    return new SceneFlexItem({
      width,
      height,
      minWidth: width,
      minHeight: height,
      body: panels[index],
    });
  });
  return new SceneFlexLayout({ direction: 'row', wrap: 'wrap', children });
}

/** The whole scene, and its panels in the order of the setting. */
export function makeScene() {
  const panels = setting.panels.map(panelOf);
  const isDashboard = setting.panels.some(({ gridPos }) => gridPos !== undefined);
  const variables = setting.variables.map((variable) => variableOf[variable.type](variable));
  const scene = new EmbeddedScene({
    $timeRange: new SceneTimeRange({
      from: setting.from,
      to: setting.to,
      timeZone: setting.timeZone,
    }),
    $variables: new SceneVariableSet({ variables }),
    controls: isDashboard ? [new VariableValueSelectors({})] : [],
    body: isDashboard ? gridOf(panels) : rowOf(panels),
  });
  return { scene, panels };
}
