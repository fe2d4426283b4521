// The programs a verb needs, and the cure for each that is missing.

import { outputOf, Stop } from './process.mjs';

const rust = 'install Rust with rustup from https://rustup.rs and open a new shell';
const chromium =
  'apt-get install chromium chromium-driver (or set CHROMIUM and CHROMEDRIVER to their paths)';

const tools = {
  cargo: { commands: ['cargo'], cure: rust },
  rustup: { commands: ['rustup'], cure: rust },
  npm: { commands: ['npm'], cure: 'install Node 20.19 or newer with npm' },
  prometheus: { commands: ['prometheus'], cure: 'apt-get install prometheus' },
  promtool: { commands: ['promtool'], cure: 'apt-get install prometheus' },
  python3: { commands: ['python3'], cure: 'apt-get install python3 python3-venv' },
  'victoria-metrics': { commands: ['victoria-metrics'], cure: 'apt-get install victoria-metrics' },
  vmalert: { commands: ['vmalert'], cure: 'apt-get install victoria-metrics' },
  chromium: {
    variable: 'CHROMIUM',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    cure: chromium,
  },
  chromedriver: { variable: 'CHROMEDRIVER', commands: ['chromedriver'], cure: chromium },
};

/** The path of a tool, or undefined when it is not installed. */
export function findTool(name) {
  const { variable, commands } = tools[name];
  if (variable && process.env[variable]) return process.env[variable];
  for (const command of commands) {
    const found = outputOf('sh', ['-c', `command -v ${command}`]);
    if (found) return found;
  }
  return undefined;
}

/** Stops with one sentence per missing tool; returns the paths by name. */
export function requireTools(names) {
  const found = Object.fromEntries(names.map((name) => [name, findTool(name)]));
  const missing = names.filter((name) => !found[name]);
  if (missing.length > 0) {
    throw new Stop(missing.map((name) => `${name} is missing: ${tools[name].cure}`).join('\n'));
  }
  return found;
}
