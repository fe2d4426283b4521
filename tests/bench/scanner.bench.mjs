// Response → columns: the wasm scanner against JSON.parse, a careful scanner in JavaScript, and TextDecoder alone.
//
// node scanner.bench.mjs [--small]   --small: without the responses of 58 and 89 MB

import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { compileWasm } from '../../deploy/steps/build-wasm.mjs';
import { chromiumLaunch } from '../../deploy/steps/chromium.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';
import { startStaticServer } from '../../deploy/steps/static-server.mjs';
import { formatRatio, percentiles, ratios } from './ratio.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const names = ['scanner', 'decoding', 'parsing', 'careful'];
const small = [
  { kind: 'counters', series: 480, samples: 720, rounds: 31 },
  { kind: 'rates', series: 480, samples: 720, rounds: 31 },
];
const large = [
  { kind: 'counters', series: 9600, samples: 300, rounds: 9 },
  { kind: 'rates', series: 9600, samples: 300, rounds: 9 },
];
const tasks = process.argv.includes('--small') ? small : [...small, ...large];

/** One folder with all that the page loads; returns its path. */
async function pageFolder() {
  const folder = path.join(targetFolder(), 'bench/scanner-page');
  rmSync(folder, { recursive: true, force: true });
  await compileWasm('inference-triage-scanner-bench', path.join(folder, 'module'));
  const sources = { recursive: true, filter: (source) => path.basename(source) !== 'module' };
  cpSync(path.join(here, 'scanner'), path.join(folder, 'scanner'), sources);
  cpSync(path.join(here, 'sums.mjs'), path.join(folder, 'sums.mjs'));
  return folder;
}

/** Interleaved rounds, the first of them for the compilers. `time` runs one contestant. */
async function measure(rounds, time) {
  const measured = [];
  for (let round = -2; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    const ms = {};
    for (const name of order) ms[name] = await time(name);
    if (round >= 0) measured.push(ms);
  }
  return measured;
}

async function inBrowser(folder, task) {
  const server = await startStaticServer(folder);
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}scanner/`);
    const megabytes = await page.evaluate(
      async ({ url, response }) => {
        const { prepare } = await import(`${url}scanner/contestants.mjs`);
        const glue = `${url}module/inference_triage.js`;
        globalThis.task = await prepare({ glue, module: fetch(`${url}module/inference_triage.wasm`) }, response);
        return globalThis.task.megabytes;
      },
      { url: server.url, response: task },
    );
    const time = (name) => page.evaluate((contestant) => globalThis.task.time(contestant), name);
    return { megabytes, measured: await measure(task.rounds, time) };
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function inNode(folder, task) {
  const { prepare } = await import(pathToFileURL(path.join(folder, 'scanner/contestants.mjs')).href);
  const glue = pathToFileURL(path.join(folder, 'module/inference_triage.js')).href;
  const module = readFileSync(path.join(folder, 'module/inference_triage.wasm'));
  const { megabytes, time } = await prepare({ glue, module }, task);
  return { megabytes, measured: await measure(task.rounds, async (name) => time(name)) };
}

function row(where, { kind, series, samples }, { megabytes, measured }) {
  const against = (rival) => formatRatio(ratios(measured.map((ms) => ({ ours: ms.scanner, rival: ms[rival] }))));
  const name = `${where}, ${kind}, ${series} × ${samples} (${megabytes.toFixed(1)} MB)`;
  return `| ${name} | ${['parsing', 'careful', 'decoding'].map(against).join(' | ')} |`;
}

function millisecondsRow(where, { kind, series, samples }, { measured }) {
  const median = (name) => percentiles(measured.map((ms) => ms[name]))[1].toFixed(1);
  return `| ${where}, ${kind}, ${series} × ${samples} | ${names.map(median).join(' | ')} |`;
}

const folder = await pageFolder();
const results = [];
for (const [where, run] of [
  ['Chromium', inBrowser],
  ['Node', inNode],
]) {
  for (const task of tasks) results.push([where, task, await run(folder, task)]);
}
console.log(`
| response → columns, interleaved rounds, median ratio [p25..p75] | JSON.parse + typed arrays ÷ scanner | careful JavaScript scanner ÷ scanner | TextDecoder alone ÷ scanner |
|---|--:|--:|--:|
${results.map((result) => row(...result)).join('\n')}

The scanner's time includes copying the bytes into the module. It checks encoding and grammar and reads any layout; the careful
JavaScript takes Prometheus's compact layout for granted and checks nothing. All three give the same bits. TextDecoder alone only
makes the string that JSON.parse needs.

| recorded on this machine, no claim: median ms | scanner | TextDecoder alone | JSON.parse + typed arrays | careful JavaScript |
|---|--:|--:|--:|--:|
${results.map((result) => millisecondsRow(...result)).join('\n')}
`);
