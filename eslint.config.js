import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * Folders of `frontend/` in the order data flows; each may import from those before it and from
 * nothing after.
 */
const flow = ['engine', 'view', 'panel', 'portal', 'grafana', 'perses'];
const hosts = ['portal', 'grafana', 'perses'];

/** Rooms of `frontend/view/src`, with those each may import from besides the files at its root. */
const rooms = {
  theme: [],
  words: [],
  charts: ['words'],
  sections: ['charts', 'theme', 'words'],
  page: ['sections', 'charts', 'theme', 'words'],
};

const chartFile = 'frontend/view/src/charts/strips.ts';

const chartLibrary = {
  group: ['uplot', 'uplot/*'],
  message: `only ${chartFile} knows the chart library`,
};

/** Import patterns that would let data flow backwards, or let one host lean on another. */
function forbiddenImports(folder) {
  const later = flow.slice(flow.indexOf(folder) + 1);
  const forbidden = hosts.includes(folder) ? hosts.filter((host) => host !== folder) : later;
  return forbidden.map((name) => ({
    group: [
      `@inference-triage/${name}`,
      `@inference-triage/${name}/*`,
      `**/${name}/src/**`,
      `**/${name}/dist/**`,
    ],
    message: `${folder} may not import from ${name}: data flows engine → view → panel → host`,
  }));
}

/** Import patterns that would let a room of the view know one that is built on top of it. */
function forbiddenRooms(room) {
  return Object.keys(rooms)
    .filter((other) => other !== room && !rooms[room].includes(other))
    .map((other) => ({
      group: [`../**/${other}/**`],
      message: `view/src/${room} may not import from view/src/${other}`,
    }));
}

const wasmFiles = {
  group: ['**/dist/**/*.wasm', '**/wasm/*_bg*'],
  message: 'only engine knows the wasm files',
};

function restricted(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

function boundary(folder) {
  return restricted(
    [`frontend/${folder}/**/*.{ts,mts}`],
    [...forbiddenImports(folder), chartLibrary, ...(folder === 'engine' ? [] : [wasmFiles])],
  );
}

/** The boundary of the whole view once more, because the last rule for a file replaces others. */
function roomBoundary(room) {
  return restricted(
    [`frontend/view/src/${room}/**/*.ts`],
    [...forbiddenImports('view'), ...forbiddenRooms(room), chartLibrary, wasmFiles],
  );
}

// The configuration of a tool is a default export because the tool asks for one.
export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/target/**',
      'frontend/engine/wasm/**',
      '**/*.generated.ts',
      'tests/artefacts/**',
      // Checked by its own configuration, as its host's tools want it.
      'frontend/grafana/**',
    ],
  },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'export by name: one name per thing everywhere',
        },
        { selector: 'ExportSpecifier[exported.name="default"]', message: 'export by name' },
      ],
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{ts,mts}'],
    extends: [...tseslint.configs.strict],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-unused-vars': 'off',
      // TypeScript itself knows every name.
      'no-undef': 'off',
    },
  },
  { files: ['frontend/**/*.{js,mjs,ts,mts}'], languageOptions: { globals: globals.browser } },
  ...flow.map(boundary),
  ...Object.keys(rooms).map(roomBoundary),
  restricted([chartFile], [...forbiddenImports('view'), ...forbiddenRooms('charts'), wasmFiles]),
  {
    // Verbs, build steps and tests are programs for a terminal.
    files: [
      'deploy/**/*.mjs',
      'tests/**/*.{mjs,ts,mts}',
      'frontend/*/*.mjs',
      'frontend/*/{build,tests,test}/**/*',
    ],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/eslint.config.js', '**/*.config.{js,mjs,ts}'],
    languageOptions: { globals: globals.node },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
