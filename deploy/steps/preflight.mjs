// The catalog validator's offline rules, and the archive that is signed and submitted.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { filesBelow } from './files.mjs';
import { archiveRules, checksums, zip } from './preflight-archive.mjs';
import { codeRules } from './preflight-code.mjs';
import { metadataRules, releasesOf } from './preflight-metadata.mjs';
import { pageRules } from './preflight-page.mjs';
import { root, Stop } from './process.mjs';

const rules = [...archiveRules, ...metadataRules, ...codeRules, ...pageRules];

/** Where the archive is left; not committed. */
const outputFolder = 'tests/artefacts/grafana';

/** Everything the rules look at, read from a built plugin project; `files` are those of dist. */
export function readSubmission(folder) {
  const project = path.join(root, folder);
  const dist = path.join(project, 'dist');
  if (!existsSync(path.join(dist, 'module.js')))
    throw new Stop(`${folder} is not built; run: npm run build`);
  const text = (name) => readFileSync(path.join(project, name), 'utf8');
  const below = (base) =>
    filesBelow(base).map((file) => [path.relative(base, file).replaceAll(path.sep, '/'), file]);
  return submission({
    files: new Map(below(dist).map(([name, file]) => [name, readFileSync(file)])),
    sources: new Map(
      below(path.join(project, 'src')).map(([name, file]) => [name, readFileSync(file, 'utf8')]),
    ),
    manifest: JSON.parse(text('package.json')),
    lock: text('package-lock.json'),
    scaffold: text('.config/webpack/webpack.config.ts'),
  });
}

/** The parts the rules share, from the files of a plugin. */
export function submission({ files, ...rest }) {
  const of = (name) => String(files.get(name) ?? '');
  const plugin = JSON.parse(of('plugin.json') || '{}');
  return {
    ...rest,
    files,
    plugin,
    id: plugin.id,
    readme: of('README.md'),
    changelog: releasesOf(of('CHANGELOG.md')),
    moduleText: of('module.js'),
    moduleGzip: gzipSync(of('module.js'), { level: 9 }).length,
  };
}

/** Every rule's answer: what is wrong, and whether that stops a submission. */
export function judge(given) {
  return rules.map(({ id, title, advice = false, check }) => ({
    id,
    title,
    advice,
    problems: check(given),
  }));
}

/** Prints the table, then writes the archive; stops when a rule that counts is broken. */
export function preflight(folder) {
  const given = readSubmission(folder);
  const answers = judge(given);
  for (const { id, title, advice, problems } of answers) {
    const word = problems.length === 0 ? 'passed' : advice ? 'advice' : 'FAILED';
    console.log(`${word.padEnd(7)} ${id.padEnd(22)} ${title}`);
    for (const problem of problems) console.log(`${' '.repeat(31)}- ${problem}`);
  }
  const failed = answers.filter(({ advice, problems }) => !advice && problems.length > 0);
  console.log(
    `\n${answers.length} rules, ${failed.length} failed; module.js ${(given.moduleGzip / 1000).toFixed(1)} kB with gzip`,
  );
  if (failed.length > 0)
    throw new Stop(`the catalog would refuse the panel: ${failed.map(({ id }) => id).join(', ')}`);
  writeArchive(given);
}

function writeArchive({ id, plugin, files }) {
  const archive = zip(id, files);
  const name = `${id}-${plugin.info.version}.zip`;
  mkdirSync(path.join(root, outputFolder), { recursive: true });
  writeFileSync(path.join(root, outputFolder, name), archive);
  console.log(`${outputFolder}/${name}: ${(archive.length / 1000).toFixed(1)} kB, unsigned`);
  for (const [algorithm, sum] of checksums(archive)) console.log(`${algorithm} ${sum}`);
}
