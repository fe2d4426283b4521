// The parts of a Grafana dashboard document: variables, rows, panels, annotations.

const prometheus = { type: 'prometheus', uid: '${datasource}' };

/** Matchers that select engines by the dashboard's variables. */
export const selection = 'model_name=~"$model",job=~"$job",instance=~"$instance"';

/** Width of a dashboard in grid units. */
const fullWidth = 24;

/**
 * The panel of this project with its queries, across the whole dashboard; with `repeat` one for
 * each value of that variable.
 */
export function triagePanel({
  title,
  description,
  targets,
  sections,
  textSize,
  repeat,
  width = fullWidth,
  height,
}) {
  return {
    type: 'inferencetriage-phases-panel',
    title,
    description,
    targets: targets.map(range),
    options: {
      ...(sections ? { sections } : {}),
      ...(textSize ? { text_size: textSize } : {}),
    },
    ...(repeat ? { repeat, repeatDirection: 'h', maxPerRow: Math.floor(fullWidth / width) } : {}),
    fieldConfig: { defaults: {}, overrides: [] },
    gridPos: { w: width, h: height },
  };
}

/**
 * A time-series panel; `targets`: `[{ expr, legend }]`, `stacked` draws areas on top of each other.
 */
export function timeSeries({
  title,
  description,
  unit = 'short',
  targets,
  stacked = false,
  max,
  width = 8,
  colors = {},
}) {
  const custom = {
    drawStyle: 'line',
    lineWidth: stacked ? 0 : 1,
    fillOpacity: stacked ? 70 : 0,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
  };
  return {
    type: 'timeseries',
    title,
    description,
    targets: targets.map(({ expr, legend }, index) => ({
      ...range({ refId: String.fromCharCode(65 + index), expr }),
      legendFormat: legend,
    })),
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        custom,
      },
      overrides: Object.entries(colors).map(inColor),
    },
    gridPos: { w: width, h: 8 },
  };
}

/** Draws one series, by its legend, in one of Grafana's colours. */
const inColor = ([legend, fixedColor]) => ({
  matcher: { id: 'byName', options: legend },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
});

/** A range query in the format that keeps every label. */
function range({ refId, expr }) {
  return {
    refId,
    datasource: prometheus,
    expr,
    range: true,
    instant: false,
    format: 'time_series',
    editorMode: 'code',
  };
}

/**
 * A variable that lists the values of a label. "All" also matches series without the label; with
 * `isExact` it is what the list holds and nothing else.
 */
export function labelVariable({
  name,
  label,
  metric,
  of = name,
  description,
  isExact = false,
  isHidden = false,
}) {
  const query = `label_values(${metric}, ${of})`;
  return {
    type: 'query',
    name,
    label,
    description,
    datasource: prometheus,
    definition: query,
    query: { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    ...(isExact ? {} : { allValue: '.*' }),
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
    regex: '',
    hide: isHidden ? hiddenVariable : 0,
  };
}

/** Grafana's number for a variable that readers do not see. */
const hiddenVariable = 2;

/** A variable with a choice of texts, the first unless a reader chooses another. */
export function choiceVariable({ name, label, description, choices }) {
  const options = choices.map((value, index) => ({ selected: index === 0, text: value, value }));
  return {
    type: 'custom',
    name,
    label,
    description,
    query: choices.join(','),
    multi: false,
    includeAll: false,
    current: options[0],
    options,
    hide: 0,
  };
}

const dataSourceVariable = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  description: 'The Prometheus, or anything that answers PromQL, that scrapes the engines',
  query: 'prometheus',
  current: {},
  options: [],
  regex: '',
  refresh: 1,
  multi: false,
  includeAll: false,
  hide: 0,
};

/** Marks the start of each engine process, at the time it reports itself. */
const restarts = {
  name: 'Engine starts',
  datasource: prometheus,
  enable: true,
  hide: false,
  iconColor: 'purple',
  expr: 'max by (job, instance) (process_start_time_seconds{job=~"$job",instance=~"$instance"}) * 1000',
  useValueForTime: true,
  step: '60s',
  titleFormat: 'Engine started',
  textFormat: '{{instance}}',
  tagKeys: 'job,instance',
};

/** A row's heading; its panels are inside it while it is closed. */
export const row = (title, panels, { open = true } = {}) => ({ title, panels, open });

/** The whole document. `rows`: panels in reading order; the first may stand without a heading. */
export function dashboard({
  uid,
  title,
  description,
  tags,
  variables = [],
  rows,
  range: shown = 'now-1h',
  marksStarts = true,
}) {
  return {
    __requires: [
      { type: 'grafana', id: 'grafana', name: 'Grafana', version: '12.3.0' },
      { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
      { type: 'panel', id: 'inferencetriage-phases-panel', name: 'Inference Triage', version: '' },
      { type: 'panel', id: 'timeseries', name: 'Time series', version: '' },
    ],
    uid,
    title,
    description,
    tags,
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    time: { from: shown, to: 'now' },
    refresh: '30s',
    timezone: 'browser',
    annotations: { list: marksStarts ? [restarts] : [] },
    templating: { list: [dataSourceVariable, ...variables] },
    links: [],
    panels: numbered(placed(rows)),
  };
}

/** Puts the panels of each row side by side as far as they fit, row under row. */
function placed(rows) {
  const result = [];
  let y = 0;
  for (const { title, panels, open } of rows) {
    const heading = {
      type: 'row',
      title,
      collapsed: !open,
      gridPos: { x: 0, y, w: fullWidth, h: 1 },
      panels: [],
    };
    if (title !== undefined) {
      result.push(heading);
      y += 1;
    }
    const inside = flowed(panels, y);
    if (open) {
      result.push(...inside);
      y = Math.max(...inside.map(({ gridPos }) => gridPos.y + gridPos.h));
    } else {
      heading.panels = inside;
    }
  }
  return result;
}

function flowed(panels, top) {
  let x = 0;
  let y = top;
  let tallest = 0;
  return panels.map((panel) => {
    const { w, h } = panel.gridPos;
    if (x + w > fullWidth) {
      x = 0;
      y += tallest;
      tallest = 0;
    }
    const gridPos = { x, y, w, h };
    x += w;
    tallest = Math.max(tallest, h);
    return { ...panel, datasource: prometheus, gridPos };
  });
}

function numbered(panels, counter = { last: 0 }) {
  return panels.map((panel) => {
    counter.last += 1;
    const id = counter.last;
    return panel.panels
      ? { ...panel, id, panels: numbered(panel.panels, counter) }
      : { ...panel, id };
  });
}
