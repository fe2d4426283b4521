// One report, three places: the native program, the module in Node, the module in Chromium, byte for byte.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { buildProgram } from '../../deploy/steps/rust.mjs';
import { openBrowser, startServer } from './support/browser.mjs';
import { incidentIds, incidentResponses } from './support/inputs.mjs';
import { nativeReport } from './support/native.mjs';
import { importEngine, packageFolder, wasmBytes } from './support/package.mjs';

/** Each with the flags of the command line and the settings that say the same. */
const variants = [
  { name: 'default settings', args: [], settings: {} },
  {
    name: 'objectives of one’s own',
    args: ['--slo', 'ttft=0.5,itl=0.02,e2e=4'],
    settings: { slo: { targets: { ttft: 0.5, itl: 0.02, e2e: 4 } } },
  },
  { name: 'another profile', args: ['--profile', 'rag'], settings: { slo: { profile: 'rag' } } },
];

let program;
let engine;
let browser;
let server;
let page;
before(async () => {
  program = await buildProgram();
  const { loadEngine } = await importEngine();
  const loaded = await loadEngine(wasmBytes());
  assert.equal(loaded.state, 'ready', loaded.reason);
  engine = loaded.engine;
  const answers = Object.fromEntries(
    incidentIds().map((id) => [`/${id}`, { body: JSON.stringify(incidentResponses(id).map((bytes) => [...bytes])) }]),
  );
  server = await startServer({ mounts: { '/engine/': packageFolder }, answers });
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(server.url);
});
after(async () => {
  await browser.close();
  await server.stop();
});

function reportInNode(responses, settings) {
  const session = engine.createSession();
  try {
    session.load({ responses });
    session.configure(settings);
    return Buffer.from(session.reportBytes());
  } finally {
    session.free();
  }
}

async function reportInChromium(id, settings) {
  const bytes = await page.evaluate(
    async ([address, chosen]) => {
      const { loadEngine } = await import('/engine/dist/index.js');
      const loaded = await loadEngine('/engine/dist/inference_triage.wasm');
      const session = loaded.engine.createSession();
      const responses = (await (await fetch(address)).json()).map((list) => Uint8Array.from(list));
      session.load({ responses });
      session.configure(chosen);
      const report = Array.from(session.reportBytes());
      session.free();
      return report;
    },
    [`/${id}`, settings],
  );
  return Buffer.from(bytes);
}

for (const id of incidentIds()) {
  for (const { name, args, settings } of variants) {
    test(`${id} with ${name}`, async () => {
      const responses = incidentResponses(id);
      const native = nativeReport(program, responses, args);
      assert.ok(native.length > 1000, 'a whole report');
      assert.equal(reportInNode(responses, settings).toString(), native.toString());
      assert.equal((await reportInChromium(id, settings)).toString(), native.toString());
    });
  }
}
