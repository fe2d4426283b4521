// The dashboards in frontend/grafana/dashboards, made from the core's query plan.
//
//   node deploy/steps/grafana-dashboards.mjs           writes them
//   node deploy/steps/grafana-dashboards.mjs --check   fails when a committed file differs

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { selection } from './dashboards/document.mjs';
import { fleetDashboard } from './dashboards/fleet.mjs';
import { hardwareDashboard } from './dashboards/hardware.mjs';
import { incidentDashboard } from './dashboards/incident.mjs';
import { Metrics } from './dashboards/metrics.mjs';
import { minimalDashboard } from './dashboards/minimal.mjs';
import { namespaces } from './dashboards/plan-targets.mjs';
import { schedulingDashboard } from './dashboards/scheduling.mjs';
import { wallDashboard } from './dashboards/wall.mjs';
import { readOptions } from './options.mjs';
import { root, Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { requireTools } from './tools.mjs';

/** Where the dashboards lie, for the repository and for provisioning. */
export const dashboardsFolder = path.join(root, 'frontend/grafana/dashboards');

/** Every dashboard by the name of its file, without `.json`. */
export function makeDashboards() {
  const plan = queryPlan(['--match', selection, '--namespace', namespaces]);
  const metrics = new Metrics(plan);
  return {
    incident: incidentDashboard(plan, metrics),
    fleet: fleetDashboard(plan, metrics),
    hardware: hardwareDashboard(plan, metrics),
    scheduling: schedulingDashboard(plan, metrics),
    wall: wallDashboard(plan, metrics),
    minimal: minimalDashboard(queryPlan([])),
  };
}

/** Writes the dashboards; with `check`, stops instead when one differs from what is committed. */
export async function generateDashboards({ check = false } = {}) {
  requireTools(['cargo']);
  const outdated = [];
  for (const [name, dashboard] of Object.entries(makeDashboards())) {
    const file = path.join(dashboardsFolder, `${name}.json`);
    const text = await formatted(dashboard);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    outdated.push(path.relative(root, file));
    if (check) continue;
    mkdirSync(dashboardsFolder, { recursive: true });
    writeFileSync(file, text);
  }
  const files = outdated.join(', ');
  if (check && files)
    throw new Stop(
      `${files}: not what the query plan says; run "npm run gen" and commit the result`,
    );
  console.log(
    files ? `written: ${files}` : 'the dashboards in frontend/grafana/dashboards are up to date',
  );
}

/** The plan as the command-line program prints it for Grafana. */
function queryPlan(options) {
  const program = ['run', '--quiet', '--package', 'inference-triage', '--', 'plan'];
  const args = [...program, '--host', 'grafana', '--format', 'json', ...options];
  try {
    return JSON.parse(
      execFileSync('cargo', args, {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
  } catch {
    throw new Stop('the query plan could not be printed: the message of cargo is above');
  }
}

/** In the layout that the repository's formatter checks. */
async function formatted(dashboard) {
  // Installed with the workspaces, which may be after this file is read.
  const { format } = await import('prettier');
  return format(JSON.stringify(dashboard), { parser: 'json', printWidth: 120 });
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async (args) => {
    const options = readOptions(
      args,
      { check: { type: 'boolean' } },
      'node deploy/steps/grafana-dashboards.mjs [--check]',
    );
    await generateDashboards({ check: options.check ?? false });
  });
}
