// `npm run screens`: every incident in both looks at every size, as single pictures and contact
// sheets, with what a machine sees wrong with them.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { buildFrontend } from '../steps/build.mjs';
import { readOptions } from '../steps/options.mjs';
import { root, Stop } from '../steps/process.mjs';
import { runVerb } from '../steps/progress.mjs';
import { buildSimulator } from '../steps/simulator.mjs';

const target = path.join(root, 'tests/artefacts/screens');

const usage = 'npm run screens -- [--only ID,…] [--look light|dark] [--size ID,…] [--no-build]';

/** Those that are named, or all of them. */
function chosen(all, names, idOf) {
  if (names === undefined) return all;
  const wanted = names.split(',');
  const found = all.filter((one) => wanted.includes(idOf(one)));
  if (found.length > 0) return found;
  throw new Stop(`none of ${names} is there; there are: ${all.map(idOf).join(', ')}`);
}

await runVerb(async (args) => {
  const options = readOptions(
    args,
    {
      only: { type: 'string' },
      look: { type: 'string' },
      size: { type: 'string' },
      'no-build': { type: 'boolean' },
    },
    usage,
  );
  if (!options['no-build']) await buildFrontend();
  const simulator = options['no-build']
    ? path.join(root, 'target/release/simulator')
    : await buildSimulator();
  const folder = '../../tests/e2e/portal/screens';
  const incidents = await import(`${folder}/incidents.mjs`);
  const { looks, sizes } = await import(`${folder}/sizes.mjs`);
  const { startScreens } = await import(`${folder}/screens.mjs`);
  const { contactSheet } = await import(`${folder}/sheet.mjs`);
  const all = [
    ...incidents.demoIncidents(),
    ...incidents.engineIncidents(),
    ...incidents.simulatedIncidents(simulator),
  ];
  const id = (one) => one.id;
  const screens = await startScreens();
  const wrong = [];
  try {
    for (const incident of chosen(all, options.only, id))
      for (const look of chosen(looks, options.look, (one) => one)) {
        const pictures = [];
        const place = path.join(target, `${incident.id}-${look}`);
        mkdirSync(place, { recursive: true });
        const wanted = chosen(sizes, options.size, id);
        for await (const { size, faults, report, picture } of screens.draw(
          incident,
          look,
          wanted,
        )) {
          wrong.push(...faults.map((fault) => `${incident.id}, ${look}, ${size.id}: ${fault}`));
          const png = await picture();
          writeFileSync(path.join(place, `${size.id}.png`), png);
          const title = `${incident.id} · ${size.id} · ${report.verdict.id}`;
          pictures.push({ sheet: size.sheet, title, png });
        }
        for (const name of new Set(pictures.map(({ sheet }) => sheet))) {
          const together = pictures.filter(({ sheet }) => sheet === name);
          const sheet = await contactSheet(screens.browser, together);
          writeFileSync(path.join(target, `${incident.id}-${look}-${name}.png`), sheet);
        }
        console.log(`${incident.id}, ${look}: ${pictures.length} pictures`);
      }
  } finally {
    await screens.stop();
  }
  writeFileSync(path.join(target, 'faults.txt'), wrong.map((line) => `${line}\n`).join(''));
  console.log(`pictures are in ${path.relative(root, target)}`);
  if (wrong.length > 0) throw new Stop(`${wrong.length} faults:\n${wrong.join('\n')}`);
});
