// Everything that is made of the core's table of settings.
//
//   node deploy/steps/generate-settings.mjs           writes the files
//   node deploy/steps/generate-settings.mjs --check   fails when a committed file differs

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { readOptions } from './options.mjs';
import { root, Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { migrationText, schemaFields } from './settings/cue.mjs';
import { attributeTable, settingsPage } from './settings/documents.mjs';
import { tableText, textsText } from './settings/typescript.mjs';

/** Each file with what it is to hold, from the table and from what it holds now. */
const files = {
  'frontend/engine/src/settings-table.generated.ts': (table) => formatted(tableText(table)),
  'frontend/engine/src/settings-texts.generated.ts': (table) => formatted(textsText(table)),
  'frontend/perses/schemas/inference-triage.cue': (table, text) =>
    withGenerated(text, '\t// ', '', schemaFields(table)),
  'frontend/perses/schemas/migrate/migrate.cue': migrationText,
  'frontend/portal/README.md': (table, text) =>
    withGenerated(text, '<!-- ', ' -->', attributeTable(table)),
  'docs/settings.md': settingsPage,
};

/** Writes the files; with `check`, stops instead when one differs from what is committed. */
export async function generateSettings({ check = false } = {}) {
  const table = print();
  const outdated = [];
  for (const [name, make] of Object.entries(files)) {
    const file = path.join(root, name);
    const former = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const text = await make(table, former);
    if (text === former) continue;
    if (!check) writeFileSync(file, text);
    outdated.push(name);
  }
  const names = outdated.join(', ');
  if (check && names)
    throw new Stop(
      `${names}: not what the table of settings says; run "npm run gen" and commit the result`,
    );
  console.log(names ? `written: ${names}` : 'what is made of the table of settings is up to date');
}

async function formatted(text) {
  // Not at the top: `npm test` loads this file in a fresh clone, before it installs packages.
  const prettier = await import('prettier');
  const configuration = await prettier.resolveConfig(path.join(root, 'package.json'));
  return prettier.format(text, { ...configuration, parser: 'typescript' });
}

/** The text with other lines between its two marks; a host keeps what is its own around them. */
function withGenerated(text, opens, closes, lines) {
  const marks = ['generated from the table of settings', 'end of what is generated'];
  const [from, to] = marks.map((mark) => text.indexOf(`${opens}${mark}${closes}\n`));
  if (from < 0 || to < from) throw new Stop(`the marks "${marks.join('" and "')}" are not there`);
  const start = text.indexOf('\n', from) + 1;
  return text.slice(0, start) + lines + text.slice(to);
}

function print() {
  const example = ['--package', 'inference-triage-core', '--example', 'settings'];
  try {
    return JSON.parse(
      execFileSync('cargo', ['run', '--quiet', ...example], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
  } catch {
    throw new Stop('the table of settings could not be printed: the message of cargo is above');
  }
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async (args) => {
    const options = readOptions(
      args,
      { check: { type: 'boolean' } },
      'node deploy/steps/generate-settings.mjs [--check]',
    );
    await generateSettings({ check: options.check ?? false });
  });
}
