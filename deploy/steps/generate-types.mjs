// TypeScript declarations of everything that crosses the boundary, from the Rust types.
//
// Beside them the tables of words that the view needs.
//
//   node deploy/steps/generate-types.mjs           writes the files
//   node deploy/steps/generate-types.mjs --check   fails when a committed file differs

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { readOptions } from './options.mjs';
import { root, Stop } from './process.mjs';
import { runVerb } from './progress.mjs';
import { requireTools } from './tools.mjs';

/** What is written where, and what the program is asked for. */
const files = {
  'frontend/engine/src/types.generated.ts': [],
  'frontend/view/src/words/catalogue.generated.ts': ['tables'],
};

/** Writes the declarations, or only compares them with what is committed. */
export async function generateTypes({ check = false } = {}) {
  requireTools(['cargo']);
  for (const [file, request] of Object.entries(files)) {
    const target = path.join(root, file);
    const declarations = print(request);
    const unchanged = existsSync(target) && readFileSync(target, 'utf8') === declarations;
    if (check && !unchanged) {
      throw new Stop(
        `${file} is not what the Rust types say: run "npm run gen" and commit the result`,
      );
    }
    if (!unchanged) writeFileSync(target, declarations);
    console.log(`${file} ${unchanged ? 'is up to date' : 'is written'}`);
  }
}

function print(request) {
  const program = [
    '--package',
    'inference-triage-plugin',
    '--features',
    'typescript',
    '--example',
    'typescript',
  ];
  try {
    return execFileSync('cargo', ['run', '--quiet', ...program, '--', ...request], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch {
    throw new Stop(
      'the TypeScript declarations could not be printed: the message of cargo is above',
    );
  }
}

if (import.meta.filename === process.argv[1]) {
  await runVerb(async (args) => {
    const options = readOptions(
      args,
      { check: { type: 'boolean' } },
      'node deploy/steps/generate-types.mjs [--check]',
    );
    await generateTypes({ check: options.check ?? false });
  });
}
