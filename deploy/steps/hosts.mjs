// The panels of the hosts: stand-alone npm projects built on our packed packages.

import { isStale } from './files.mjs';
import { buildFrontend } from './build.mjs';
import { installHost, unpackPackages } from './host-packages.mjs';
import { run } from './process.mjs';

const grafana = 'frontend/grafana';

/** What the Grafana panel's build depends on besides its own folder. */
const packages = ['engine', 'view', 'panel'].map((name) => `frontend/${name}/dist`);

/** Installs the Grafana panel's project and puts our packages into it. */
export async function prepareGrafanaPanel() {
  await buildFrontend();
  await installHost(grafana);
  unpackPackages(grafana);
}

/** The production build of the Grafana panel, unless it is newer than everything it is made of. */
export async function buildGrafanaPanel() {
  await prepareGrafanaPanel();
  const sources = [
    ...packages,
    ...['src', 'package-lock.json', 'webpack.config.ts'].map((name) => `${grafana}/${name}`),
  ];
  if (isStale(`${grafana}/dist/module.js`, sources))
    await run('npm', ['run', '--silent', 'build', '--prefix', grafana]);
}

/** Lints, types and unit tests of the Grafana panel. */
export async function checkGrafanaPanel() {
  await prepareGrafanaPanel();
  for (const script of ['typecheck', 'lint', 'test:ci']) {
    await run('npm', ['run', '--silent', script, '--prefix', grafana]);
  }
}

/** Types and unit tests of the Perses panel, which read its build. */
export async function checkPersesPanel() {
  for (const script of ['typecheck', 'test']) {
    await run('npm', ['run', '--silent', script, '--prefix', 'frontend/perses']);
  }
}
