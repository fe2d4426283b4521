// The catalogues of rules, signals and engines in docs/, printed by the core from its own
// registries.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root, Stop } from './process.mjs';

const catalogues = ['rules', 'signals', 'engines'];

/**
 * Writes docs/<catalogue>.md; with `check`, stops instead when one differs from what is committed.
 */
export function generateCatalogues({ check = false } = {}) {
  const outdated = catalogues.filter((name) => {
    const file = path.join(root, 'docs', `${name}.md`);
    const text = print(name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return false;
    if (!check) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return true;
  });
  const files = outdated.map((name) => `docs/${name}.md`).join(', ');
  if (check && files)
    throw new Stop(
      `${files}: not what the registries say; run "npm run gen" and commit the result`,
    );
  console.log(files ? `written: ${files}` : 'the catalogues in docs are up to date');
}

function print(name) {
  const program = [
    'run',
    '--quiet',
    '--package',
    'inference-triage-core',
    '--example',
    'catalogues',
    '--',
    name,
  ];
  try {
    return execFileSync('cargo', program, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch {
    throw new Stop(`the catalogue of ${name} could not be printed: the message of cargo is above`);
  }
}
