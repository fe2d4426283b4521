// Rules about the code: what must not be used, where the source map points, what is loaded from
// Grafana.

import path from 'node:path';

/** Modules that Grafana shares with every plugin of the supported range. */
const shared =
  /^(module|lodash|moment|rxjs|react|react-dom|react\/jsx-runtime|@emotion\/(css|react)|@grafana\/(data|ui|runtime))$/;

/** Patterns that a review refuses, in our own code. */
const forbidden = [
  ['globals of Grafana', /grafanaBootData|grafanaRuntime|__grafanaSceneContext/],
  ['native dialogs', /(?<![\w.])(alert|confirm|prompt)\(|window\.(alert|confirm|prompt)\(/],
  ['window.open without noopener and noreferrer', /window\.open\((?![^;]*noopener,noreferrer)/],
  ['CSS imports', /import\s+[^;]*\.(s?css|sass)['"]/],
  ['global styles', /import[^;]*\bGlobal\b[^;]*@emotion\/react|injectGlobal/],
  ['queries past the data source', /\/api\/ds\/query/],
  ['console output', /\bconsole\./],
  ['window.location', /(window|document)\.location/],
  ['compiler silenced', /@ts-(ignore|expect-error|nocheck)/],
  ['React internals', /__SECRET_INTERNALS|__CLIENT_INTERNALS|\._owner\b/],
  ['form classes of old', /gf-form/],
  ['code from text', /\beval\(|new Function\(/],
  ['unsanitised markup', /dangerouslySetInnerHTML|\.innerHTML|insertAdjacentHTML/],
  ['storage without a name of its own', /(local|session)Storage/],
  ['colours that ignore the theme', /['"`]#[0-9a-f]{3,8}['"`]/i],
  ['React of one version only', /\buse\(\s*\w+Promise|ReactDOM\.render\(|findDOMNode/],
];

/** What must not be in the bundle either, whoever wrote it. */
const refusedInBundle = [
  ['globals of Grafana', /grafanaBootData|__grafanaSceneContext/],
  ['tracking', /google-analytics|googletagmanager|hotjar|mixpanel|segment\.io|amplitude/],
  ['the old plugin platform', /MetricsPanelCtrl|PanelCtrl\b|app\/plugins\/sdk|angular\.module/],
  ['code from text', /\bnew Function\(|[^\w.]eval\(/],
  ['another React', /__SECRET_INTERNALS_DO_NOT_USE|react\.element|react\.transitional\.element/],
];

export const codeRules = [
  {
    id: 'buildtools',
    title: 'is built with the scaffold of create-plugin',
    check: ({ scaffold }) =>
      /create-plugin/.test(scaffold)
        ? []
        : ['.config/webpack/webpack.config.ts is not the scaffold'],
  },
  {
    id: 'modulejs',
    title: 'is one AMD module whose imports Grafana shares',
    check: ({ files, moduleText }) => {
      const [, list] = /define\(\[([^\]]*)\]/.exec(moduleText) ?? [];
      const imports = [...(list ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name);
      return [
        ...(list === undefined ? ['module.js is no AMD module'] : []),
        ...imports
          .filter((name) => !shared.test(name))
          .map((name) => `"${name}" is not shared by every supported Grafana`),
        ...[...files.keys()]
          .filter((name) => /\.(js|wasm)$/.test(name) && name !== 'module.js')
          .map((name) => `${name} is a second file to load`),
      ];
    },
  },
  {
    id: 'code-rules',
    title: 'uses nothing that a review refuses',
    check: ({ sources, moduleText }) => [
      ...[...sources]
        .filter(([name]) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
        .flatMap(([name, text]) =>
          forbidden
            .filter(([, pattern]) => pattern.test(text))
            .map(([what]) => `${what} in src/${name}`),
        ),
      ...refusedInBundle
        .filter(([, pattern]) => pattern.test(moduleText))
        .map(([what]) => `${what} in module.js`),
    ],
  },
  {
    id: 'jsmap',
    title: 'every source in the map is a file of src, byte for byte',
    check: ({ files, sources, id }) => {
      const { sources: names, sourcesContent = [] } = JSON.parse(
        String(files.get('module.js.map') ?? '{"sources":[]}'),
      );
      const own = names
        .map((name, index) => [ownSource(name, id), sourcesContent[index]])
        .filter(([name]) => name !== undefined);
      return [
        ...(own.length > 0 ? [] : ['the source map names no file of src']),
        ...own
          .filter(([name]) => !sources.has(name))
          .map(([name]) => `src/${name} is in the map only`),
        ...own
          .filter(([name, text]) => sources.has(name) && sources.get(name) !== text)
          .map(([name]) => `src/${name} was changed after the build`),
      ];
    },
  },
  {
    id: 'circulardependencies',
    title: 'has no circle of imports',
    check: ({ sources }) => circles(sources).map((circle) => circle.join(' → ')),
  },
];

/**
 * Path below src of a source in the map; undefined for packages, webpack's own code and what
 * Grafana shares.
 */
function ownSource(name, id) {
  const relative = name.replace(`webpack://${id}/`, '');
  if (/^(external |webpack\/|\.\.\/node_modules\/|\.\/node_modules\/)/.test(relative))
    return undefined;
  return relative.replace(/^\.\//, '');
}

function circles(sources) {
  const graph = new Map(
    [...sources]
      .filter(([name]) => /\.tsx?$/.test(name))
      .map(([name, text]) => [name, importsOf(name, text, sources)]),
  );
  const found = [];
  const done = new Set();
  const visit = (name, trail) => {
    const at = trail.indexOf(name);
    if (at >= 0) found.push([...trail.slice(at), name]);
    if (at >= 0 || done.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return found;
}

function importsOf(name, text, sources) {
  const imports = [...text.matchAll(/^(?:import|export)\s(?!type)[^;]*?from '(\.[^']+)'/gm)].map(
    ([, target]) => path.posix.join(path.posix.dirname(name), target),
  );
  return imports.flatMap((base) =>
    [base, `${base}.ts`, `${base}.tsx`].filter((file) => sources.has(file)),
  );
}
