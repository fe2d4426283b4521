// What a person is told before anything is installed or started.

import path from 'node:path';

import { duration } from '../progress.mjs';
import { root } from '../process.mjs';
import { installation } from './engine-versions.mjs';
import { lengthOf } from './incident-file.mjs';
import { isInstalled, placesOf } from './install-engine.mjs';

/** Minutes that a download and an installation take, on a fast line and on a slow one. */
const installMinutes = '2 to 20';

/** Minutes until one engine answers, on idle cores and on busy ones. */
const startMinutes = '1 to 3';

/** The lines, as a list. */
export function announcement({ incident, engine, folder, out }) {
  const { environment } = placesOf(engine, folder);
  const install = isInstalled(engine, folder)
    ? `is installed in ${environment}`
    : `will be installed once into ${environment}: ${installation.download} GB to download, ` +
      `${installation.disk} GB of disk, ${installMinutes} min`;
  const count = incident.replicas.length;
  const replicas = count === 1 ? 'one replica' : `${count} replicas, one after the other`;
  return [
    `${incident.id}: ${incident.title}`,
    `  engine     ${engine.name} ${engine.version} ${install}`,
    `  start      ${replicas}, ${startMinutes} min each; about 3 GB of memory each`,
    `  recording  ${duration(lengthOf(incident) * 1000)}, after 22 s of warm-up`,
    `  result     ${path.relative(root, out)}, below 0.3 MB`,
    '  All processes listen on 127.0.0.1 and end with this one. Leave the machine alone meanwhile:',
    '  what else it does is in the recording.',
  ];
}

/** Prints the lines. */
export function announce(plan) {
  console.log(`${announcement(plan).join('\n')}\n`);
}
