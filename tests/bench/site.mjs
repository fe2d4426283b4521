// What a page loads: the benchmarks' scripts, the engine, their own wasm modules, their data; and
// the browser that loads it.

import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { compileWasm } from '../../deploy/steps/build-wasm.mjs';
import { chromiumLaunch } from '../../deploy/steps/chromium.mjs';
import { root } from '../../deploy/steps/process.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';
import { startStaticServer } from '../../deploy/steps/static-server.mjs';

const modules = ['mathematics', 'parts', 'scanner'];

/** The folder for everything that a run of the benchmarks makes. */
export function benchFolder() {
  const folder = path.join(targetFolder(), 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function siteFolder() {
  return path.join(benchFolder(), 'site');
}

/** Compiles the benchmarks' own modules as the shipped one is and lays everything out. */
export async function buildSite() {
  const site = siteFolder();
  rmSync(site, { recursive: true, force: true });
  for (const name of modules)
    await compileWasm(`inference-triage-${name}-bench`, path.join(site, 'modules', name));
  const isScript = (source) => path.extname(source) === '' || source.endsWith('.mjs');
  cpSync(path.join(root, 'tests/bench'), path.join(site, 'bench'), {
    recursive: true,
    filter: isScript,
  });
  for (const part of ['dist', 'wasm']) {
    const from = path.join(root, 'frontend/engine', part);
    if (existsSync(from)) cpSync(from, path.join(site, 'engine', part), { recursive: true });
  }
  mkdirSync(path.join(site, 'data'));
  writeFileSync(
    path.join(site, 'index.html'),
    '<!doctype html>\n<meta charset="utf-8" />\n<title>benchmark</title>\n',
  );
}

/** Makes a file available to pages as `data/NAME`. */
export function publish(file) {
  const link = path.join(siteFolder(), 'data', path.basename(file));
  rmSync(link, { force: true });
  symlinkSync(file, link);
  return `data/${path.basename(file)}`;
}

/**
 * Opens Chromium on the site and hands `body` a function `prepare(script, task)`: it loads
 * `bench/SCRIPT` in a fresh page and answers `{ facts, time(name), page }` of what the script's own
 * `prepare(url, task)` made.
 */
export async function inChromium(body) {
  const server = await startStaticServer(siteFolder());
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch(chromiumLaunch());
  const prepare = async (script, task) => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const facts = await page.evaluate(
      async ({ url, script: file, task: given }) => {
        const { prepare: prepareInPage } = await import(`${url}bench/${file}`);
        globalThis.contestants = await prepareInPage(url, given);
        return globalThis.contestants.facts;
      },
      { url: server.url, script, task },
    );
    const time = (name) =>
      page.evaluate((contestant) => globalThis.contestants.time(contestant), name);
    return { facts, time, page };
  };
  try {
    return await body({ prepare, browser, url: server.url });
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The same script in this process. */
export async function inNode(script, task) {
  const url = pathToFileURL(`${siteFolder()}/`).href;
  const { prepare } = await import(new URL(`bench/${script}`, url).href);
  const { facts, time } = await prepare(url, task);
  return { facts, time: async (name) => time(name) };
}
