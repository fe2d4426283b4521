// The panels of the hosts: stand-alone npm projects built on our packed packages.

import { buildFrontend } from './build.mjs';
import { preparePanel } from './grafana-columns.mjs';
import { buildPersesPlugin } from './perses-columns.mjs';
import { run } from './process.mjs';

/** The production build of the Grafana panel. */
export async function buildGrafanaPanel() {
  await buildFrontend();
  await preparePanel();
}

/** Lints, types and unit tests of the Grafana panel, whose project has to be installed. */
export async function checkGrafanaPanel() {
  for (const script of ['typecheck', 'lint', 'test:ci']) {
    await run('npm', ['run', '--silent', script, '--prefix', 'frontend/grafana']);
  }
}

/** Types and unit tests of the Perses panel, which read its build. */
export async function checkPersesPanel() {
  for (const script of ['typecheck', 'test']) {
    await run('npm', ['run', '--silent', script, '--prefix', 'frontend/perses']);
  }
}

/** Everything that a browser loads from us: the portal's files and the panels of the hosts. */
export async function buildShipped() {
  await buildGrafanaPanel();
  await buildPersesPlugin();
}
