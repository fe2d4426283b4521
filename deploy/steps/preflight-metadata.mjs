// Rules about plugin.json, package.json and the changelog.

const semver = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const idPattern = /^[0-9a-z]+-([0-9a-z]+-)?(app|panel|datasource)$/;
const known = new Set([
  '$schema',
  'type',
  'name',
  'id',
  'suggestions',
  'skipDataQuery',
  'state',
  'languages',
  'docsPath',
  'info',
  'dependencies',
  'includes',
  'buildMode',
  'autoEnabled',
  'preload',
]);

/** Every rule answers the list of what is wrong; `advice` does not stop a submission. */
export const metadataRules = [
  {
    id: 'metadatavalid',
    title: 'plugin.json has what the schema requires and nothing unknown',
    check: ({ plugin }) => [
      ...['type', 'name', 'id', 'info', 'dependencies']
        .filter((key) => !plugin[key])
        .map((key) => `"${key}" is missing`),
      ...Object.keys(plugin)
        .filter((key) => !known.has(key))
        .map((key) => `"${key}" is unknown`),
      ...(idPattern.test(plugin.id ?? '')
        ? []
        : [`the id "${plugin.id}" does not have the form org-name-panel`]),
      ...(plugin.suggestions === undefined || typeof plugin.suggestions === 'boolean'
        ? []
        : ['"suggestions" is no boolean']),
    ],
  },
  {
    id: 'typesuffix',
    title: 'the id ends with the type',
    check: ({ plugin }) =>
      plugin.id?.endsWith(`-${plugin.type}`) ? [] : [`${plugin.id} is a ${plugin.type}`],
  },
  {
    id: 'pluginname',
    title: 'the name is for people',
    check: ({ plugin }) =>
      plugin.name === plugin.id || /\b(plugin|panel)\b/i.test(plugin.name ?? '')
        ? [`the name is "${plugin.name}"`]
        : [],
  },
  {
    id: 'discoverability',
    title: 'description of at most two sentences, keywords, an author',
    check: ({ plugin: { info = {} } }) => [
      ...(info.description ? [] : ['the description is missing']),
      ...((info.description ?? '').split(/[.!?](?:\s|$)/).filter(Boolean).length > 2
        ? ['the description has more than two sentences']
        : []),
      ...(info.keywords?.length > 1 ? [] : ['keywords are missing']),
      ...(info.author?.name ? [] : ['the author is missing']),
    ],
  },
  {
    id: 'links',
    title: 'plugin.json links to source and licence',
    advice: true,
    check: ({ plugin: { info = {} } }) => {
      const addresses = (info.links ?? []).map(({ url }) => url ?? '');
      const bad = addresses
        .filter((url) => !url.startsWith('https://'))
        .map((url) => `"${url}" is no https address`);
      return addresses.length === 0
        ? ['no link: add them when the repository has a public address']
        : bad;
    },
  },
  {
    id: 'grafanadependency',
    title: 'grafanaDependency is an open range of releases',
    check: ({ plugin }) => {
      const range = plugin.dependencies?.grafanaDependency ?? '';
      return /^>=\d+\.\d+\.\d+(-0)?$/.test(range) ? [] : [`grafanaDependency is "${range}"`];
    },
  },
  {
    id: 'version',
    title: 'one version in plugin.json, package.json, changelog and module.js',
    check: ({ plugin, manifest, changelog, moduleText }) => {
      const { version = '' } = plugin.info ?? {};
      return [
        ...(semver.test(version) ? [] : [`"${version}" is no semantic version`]),
        ...(manifest.version === version
          ? []
          : [`package.json says ${manifest.version}, plugin.json ${version}`]),
        ...(changelog[0]?.version === version
          ? []
          : [`the changelog begins with ${changelog[0]?.version}`]),
        ...(moduleText.includes(`${plugin.id}@${version}`)
          ? []
          : ['module.js was built for another version']),
      ];
    },
  },
  {
    id: 'changelog',
    title: 'every release in the changelog has a date; the newest one is that of plugin.json',
    check: ({ plugin, changelog }) => [
      ...(changelog.length > 0 ? [] : ['the changelog names no release']),
      ...changelog
        .filter(({ date }) => !date)
        .map(({ version }) => `release ${version} has no date`),
      ...(changelog[0]?.date === plugin.info?.updated
        ? []
        : [
            `plugin.json was updated ${plugin.info?.updated}, the release is of ${changelog[0]?.date}`,
          ]),
    ],
  },
  {
    id: 'packagejson',
    title: 'package.json names the licence, and the lock file no registry host',
    check: ({ manifest, lock }) => [
      ...(manifest.license === 'Apache-2.0' ? [] : [`the licence is ${manifest.license}`]),
      ...(lock.includes('"resolved"') ? ['package-lock.json holds addresses of a registry'] : []),
    ],
  },
  {
    id: 'license',
    title: 'the archive holds the licence text',
    check: ({ files }) =>
      /Apache License\s+Version 2\.0/.test(String(files.get('LICENSE')))
        ? []
        : ['LICENSE is not the Apache License 2.0'],
  },
];

/** `## 1.2.3 (2026-01-31)` headings of a changelog, newest first. */
export function releasesOf(changelog) {
  return [...changelog.matchAll(/^## v?(\d+\.\d+\.\d+\S*)(?:\s*\(?(\d{4}-\d{2}-\d{2})\)?)?/gm)].map(
    ([, version, date]) => ({
      version,
      date,
    }),
  );
}
