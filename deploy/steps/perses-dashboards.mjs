// Dashboards for a Perses server, written from the query plan.
//
//   node deploy/steps/perses-dashboards.mjs           writes frontend/perses/dashboards/*.yaml
//   node deploy/steps/perses-dashboards.mjs --check   fails when a committed file differs

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { kueue, replicas } from './dashboards/cluster.mjs';
import { devices } from './dashboards/devices.mjs';
import { namespaces as namespacesInGrafana } from './dashboards/plan-targets.mjs';
import { readOptions } from './options.mjs';
import { root, Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { toYaml } from './yaml.mjs';

const folder = 'frontend/perses/dashboards';

/**
 * The plan takes no variable for a prefix, so it is written with this one and the variable put in
 * its place.
 */
const placeholder = 'PLACEHOLDER_vllm:';

/** What a query selects by; both variables mean everything until somebody chooses. */
export const matchers = 'model_name=~"$model",namespace=~"$namespace"';

/**
 * The namespaces of the selected engines, of which what surrounds them is asked. `$namespace` says
 * everything until somebody chooses, which would be every pod of a cluster.
 */
export const namespaces = '$engine_namespace';

/** No step below the usual scrape interval: Perses would ask for one a pixel. */
const minStep = '15s';

const notice = '# Generated from the query plan by "npm run gen".\n';

/** Writes the dashboards; with `check`, stops instead when one differs from what is committed. */
export function generatePersesDashboards({ check = false } = {}) {
  const dashboards = {
    incident: incident(),
    fleet: fleet(),
    hardware: hardware(),
    scheduling: scheduling(),
    wall: wall(),
  };
  const outdated = Object.entries(dashboards).filter(([name, dashboard]) => {
    const file = path.join(root, folder, `${name}.yaml`);
    const text = notice + toYaml(dashboard);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
    if (!check) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return true;
  });
  const files = outdated.map(([name]) => `${folder}/${name}.yaml`).join(', ');
  if (check && files)
    throw new Stop(
      `${files}: not what the query plan says; run "npm run gen" and commit the result`,
    );
  console.log(files ? `written: ${files}` : 'the dashboards for Perses are up to date');
}

/** One model in depth, every replica apart. */
function incident() {
  const panel = triagePanel('Where every second goes', planned('replica'));
  return dashboard('inference-triage-incident', {
    title: 'LLM serving: incident',
    description:
      'Where every second of latency goes, why, and what to do next: one model, its replicas apart.',
    panels: { triage: panel },
    items: [{ x: 0, y: 0, width: 24, height: 36, panel: 'triage' }],
  });
}

/** The replicas side by side, and their load. */
function fleet() {
  const queries = planned('replica');
  const byReplica = { seriesNameFormat: '{{model_name}} {{pod}} {{instance}}' };
  const chart = (title, roles, unit) => timeChart(title, pick(queries, roles, byReplica), unit);
  return dashboard('inference-triage-fleet', {
    title: 'LLM serving: fleet',
    description: 'The replicas side by side: which one differs, and by what; below it their load.',
    panels: {
      triage: triagePanel('Replicas', queries, {
        sections: ['verdict', 'fleet', 'phases', 'strips'],
      }),
      running: chart('Running requests by replica', ['running']),
      waiting: chart('Waiting requests by replica', ['waiting']),
      kvCache: chart('KV cache in use by replica', ['kv_usage'], 'percent-decimal'),
    },
    items: [
      { x: 0, y: 0, width: 24, height: 25, panel: 'triage' },
      { x: 0, y: 25, width: 8, height: 9, panel: 'running' },
      { x: 8, y: 25, width: 8, height: 9, panel: 'waiting' },
      { x: 16, y: 25, width: 8, height: 9, panel: 'kvCache' },
    ],
  });
}

/** What the verdict takes from the devices, then every device. */
function hardware() {
  return withCharts('inference-triage-hardware', devices(), {
    title: 'LLM serving: hardware',
    description:
      'The devices below the engines: clocks and what holds them back, power, errors, memory, and the CPU quota of the pods.',
    more: [
      labelValues('gpu_job', 'GPU job', 'job', 'DCGM_FI_DEV_SM_CLOCK'),
      labelValues(
        'gpu_exporter',
        'GPU exporter',
        'instance',
        'DCGM_FI_DEV_SM_CLOCK{job=~"$gpu_job"}',
      ),
    ],
  });
}

/** What the verdict takes from the scheduling layer, then replicas, pods, autoscaler and quota. */
function scheduling() {
  const rows = { panels: [...replicas().panels, ...kueue().panels] };
  return withCharts('inference-triage-scheduling', rows, {
    title: 'LLM serving: scheduling',
    description:
      'Replicas that are wanted, scheduled and ready, why the others are not, and the quota in Kueue.',
  });
}

/** For a screen on the wall: one large verdict, of the model that is worst. */
function wall() {
  const spec = { sections: ['verdict', 'phases'], text_size: 'wall' };
  return dashboard('inference-triage-wall', {
    title: 'LLM serving: wall board',
    description:
      'One large verdict for a screen on the wall: of the chosen model, else of the worst.',
    panels: { triage: triagePanel('Triage', planned('replica'), spec) },
    items: [{ x: 0, y: 0, width: 24, height: 26, panel: 'triage' }],
  });
}

/** The panel, and below it the charts of a row of the dashboards for Grafana, three beside. */
function withCharts(name, { panels: charts }, { title, description, more }) {
  const panels = { triage: triagePanel('Triage', planned('replica'), { sections: FEW }) };
  const items = [{ x: 0, y: 0, width: 24, height: 20, panel: 'triage' }];
  charts.forEach((chart, index) => {
    const id = `chart${index + 1}`;
    panels[id] = translated(chart);
    items.push({
      x: (index % 3) * 8,
      y: 20 + Math.floor(index / 3) * 9,
      width: 8,
      height: 9,
      panel: id,
    });
  });
  return dashboard(name, { title, description, panels, items, more });
}

const FEW = ['verdict', 'phases', 'evidence'];

/** Grafana's names of units that Perses has; others are plain numbers. */
const UNITS = { percentunit: 'percent-decimal', ops: 'ops/sec', s: 'seconds' };

/** What Perses cannot write behind a number stands behind the title. */
const WORDS = { hertz: 'Hz', watt: 'W', celsius: '°C', mbytes: 'MiB' };

/** A chart of a dashboard for Grafana. Perses has no window that follows its step. */
function translated({ title, targets, fieldConfig }) {
  const queries = targets.map(({ expr, legendFormat }) => ({
    promql: expr
      .replaceAll('$__rate_interval', '5m')
      .replaceAll(`"${namespacesInGrafana}"`, `"${namespaces}"`),
    seriesNameFormat: legendFormat,
  }));
  const { unit } = fieldConfig.defaults;
  return timeChart(WORDS[unit] ? `${title} (${WORDS[unit]})` : title, queries, UNITS[unit]);
}

/** `[{ role, promql }]` with the dashboard's variables. */
function planned(grouping) {
  const options = [
    '--host',
    'perses',
    '--grouping',
    grouping,
    '--match',
    matchers,
    '--prefix',
    placeholder,
    '--namespace',
    namespaces,
  ];
  const program = [
    'run',
    '--quiet',
    '--package',
    'inference-triage',
    '--',
    'plan',
    '--format',
    'json',
    ...options,
  ];
  try {
    const printed = execFileSync('cargo', program, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { queries } = JSON.parse(printed);
    return queries.map(({ role, promql }) => ({
      role,
      promql: promql.replaceAll(placeholder, '${prefix}'),
    }));
  } catch {
    throw new Stop('the query plan could not be printed: the message of cargo is above');
  }
}

function pick(queries, roles, more) {
  return queries.filter(({ role }) => roles.includes(role)).map((query) => ({ ...query, ...more }));
}

function triagePanel(title, queries, spec = {}) {
  return panelOf(title, { kind: 'InferenceTriage', spec }, queries);
}

function timeChart(title, queries, unit = 'decimal') {
  const spec = {
    legend: { position: 'bottom', mode: 'list' },
    yAxis: { min: 0, format: { unit } },
  };
  return panelOf(title, { kind: 'TimeSeriesChart', spec }, queries);
}

function panelOf(name, plugin, queries) {
  const definitions = queries.map(({ promql, seriesNameFormat }) => ({
    kind: 'TimeSeriesQuery',
    spec: {
      plugin: {
        kind: 'PrometheusTimeSeriesQuery',
        spec: {
          query: promql,
          minStep,
          ...(seriesNameFormat === undefined ? {} : { seriesNameFormat }),
        },
      },
    },
  }));
  return { kind: 'Panel', spec: { display: { name }, plugin, queries: definitions } };
}

function dashboard(name, { title, description, panels, items, more = [] }) {
  return {
    kind: 'Dashboard',
    metadata: { name, project: 'default' },
    spec: {
      display: { name: title, description },
      duration: '1h',
      refreshInterval: '1m',
      variables: [...variables(), ...more],
      panels,
      layouts: [
        {
          kind: 'Grid',
          spec: {
            items: items.map(({ panel, ...place }) => ({
              ...place,
              content: { $ref: `#/spec/panels/${panel}` },
            })),
          },
        },
      ],
    },
  };
}

function variables() {
  const display = {
    name: 'Metric prefix',
    description: 'kserve_vllm: for KServe, ray_vllm_ for Ray Serve',
  };
  return [
    { kind: 'TextVariable', spec: { name: 'prefix', display, value: 'vllm:', constant: false } },
    labelValues('namespace', 'Namespace', 'namespace', '${prefix}num_requests_running'),
    labelValues(
      'model',
      'Model',
      'model_name',
      '${prefix}num_requests_running{namespace=~"$namespace"}',
    ),
    exactly(
      labelValues(
        namespaces.slice(1),
        'Namespaces of the engines',
        'namespace',
        `\${prefix}num_requests_running{${matchers}}`,
      ),
    ),
  ];
}

/** The variable hidden, with "all" for what its list holds and nothing else. */
function exactly({ kind, spec: { customAllValue: _, display, ...spec } }) {
  return { kind, spec: { ...spec, display: { ...display, hidden: true } } };
}

function labelValues(name, title, labelName, matcher) {
  return {
    kind: 'ListVariable',
    spec: {
      name,
      display: { name: title },
      allowAllValue: true,
      allowMultiple: true,
      // Also of series that lack the label.
      customAllValue: '.*',
      defaultValue: ['$__all'],
      plugin: { kind: 'PrometheusLabelValuesVariable', spec: { labelName, matchers: [matcher] } },
    },
  };
}

if (import.meta.filename === process.argv[1]) {
  await runVerb((args) => {
    const usage = 'node deploy/steps/perses-dashboards.mjs [--check]';
    generatePersesDashboards(readOptions(args, { check: { type: 'boolean' } }, usage));
  });
}
