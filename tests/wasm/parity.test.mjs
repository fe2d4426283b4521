// One report, three places: the native program, the module in Node, the module in Chromium, byte
// for byte; and in Node once more from the batch that a host would make of the same series.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { buildProgram } from '../../deploy/steps/rust.mjs';
import { openBrowser, startServer } from './support/browser.mjs';
import { incidentIds, incidentResponses, scenarios, toBatch, withTwin } from './support/inputs.mjs';
import { diagnoseNatively, diagnoseSaved } from './support/native.mjs';
import { importEngine, packageFolder, wasmBytes } from './support/package.mjs';

const objectives = {
  slo: { targets: { ttft: 0.5, itl: 0.02, e2e: 4 } },
  quantiles: [0.9, 0.95, 0.999],
};
const incidents = incidentIds().flatMap((id) => {
  const responses = incidentResponses(id);
  return [
    { name: `recording ${id}`, settings: {}, responses },
    { name: `recording ${id} with objectives of its own`, settings: objectives, responses },
  ];
});
const twins = {
  name: 'two models',
  settings: {},
  responses: withTwin(incidentResponses('seed000-onset')),
};
const cases = [...incidents, twins, ...(await scenarios())];
const program = await buildProgram();

/** Runs where the engine does, so it uses nothing from outside itself. */
function diagnose(engine, settings, input) {
  const session = engine.createSession();
  try {
    session.configure(settings);
    session.load(input);
    const text = (bytes) => new TextDecoder().decode(bytes);
    const summary = text(session.summaryBytes());
    const ids = JSON.parse(summary).scopes.map(({ id }) => id);
    return {
      report: text(session.reportBytes()),
      summary,
      diagnoses: Object.fromEntries(ids.map((id) => [id, text(session.diagnosisBytes(id))])),
    };
  } catch (error) {
    if (error.name !== 'EngineError' || error.code === 'trap') throw error;
    return { refusal: error.message };
  } finally {
    session.free();
  }
}

async function inNode() {
  const { loadEngine } = await importEngine();
  const loaded = await loadEngine(wasmBytes());
  assert.equal(loaded.state, 'ready', loaded.reason);
  const from = (input) =>
    cases.map(({ settings, responses }) => diagnose(loaded.engine, settings, input(responses)));
  return {
    node: from((responses) => ({ responses })),
    batch: from((responses) => ({ batch: toBatch(responses) })),
  };
}

async function inChromium() {
  const texts = cases.map(({ responses }) =>
    responses.map((bytes) => new TextDecoder().decode(bytes)),
  );
  const answers = Object.fromEntries(
    texts.map((list, index) => [`/case-${index}`, { body: JSON.stringify(list) }]),
  );
  const server = await startServer({ mounts: { '/engine/': packageFolder }, answers });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    return await page.evaluate(
      async ([body, settings]) => {
        const { loadEngine } = await import('/engine/dist/index.js');
        const loaded = await loadEngine('/engine/dist/inference_triage.wasm');
        const run = new Function(`return (${body})`)();
        const results = [];
        for (const [index, chosen] of settings.entries()) {
          const list = await (await fetch(`/case-${index}`)).json();
          const responses = list.map((text) => new TextEncoder().encode(text));
          results.push(run(loaded.engine, chosen, { responses }));
        }
        return results;
      },
      [diagnose.toString(), cases.map(({ settings }) => settings)],
    );
  } finally {
    await browser.close();
    await server.stop();
  }
}

let found;
before(async () => {
  found = { ...(await inNode()), chromium: await inChromium() };
});
after(() => {
  const reports = found.node.filter(({ report }) => report).length;
  console.log(
    `${cases.length} inputs: ${reports} reports and ${cases.length - reports} refusals compared`,
  );
});

for (const [index, input] of cases.entries()) {
  test(input.name, () => {
    const native = diagnoseNatively(program, input);
    for (const place of ['node', 'batch', 'chromium'])
      assertSame(found[place][index], native, place);
  });
}

function assertSame(here, native, place) {
  if (native.refusal === undefined) {
    assert.equal(here.refusal, undefined, `${place} refuses what the native program takes`);
    assert.ok(native.report.length > 1000, 'a whole report');
    assert.ok(
      here.report === native.report,
      `${place} differs ${firstDifference(here.report, native.report)}`,
    );
    assertParts(here, native.report, place);
  } else {
    assert.ok(here.refusal, `${place} takes what the native program refuses: ${native.refusal}`);
    assert.ok(
      native.refusal.includes(here.refusal),
      `${place} says "${here.refusal}", native "${native.refusal}"`,
    );
  }
}

/**
 * Summary and diagnosis are the two parts of the report that the native program prints, so one of
 * them says what the others are to be, byte for byte.
 */
function assertParts({ summary, diagnoses }, report, place) {
  const { scopes, scope } = JSON.parse(report);
  const marks = ['{"schema":2,"scopes":', `,"scope":${scope}}`];
  assert.ok(summary.startsWith(marks[0]) && summary.endsWith(marks[1]), `${place}: ${summary}`);
  const list = summary.slice(marks[0].length, -marks[1].length);
  assert.ok(
    report === `{"scopes":${list},${diagnoses[scope].slice(1)}`,
    `${place}: summary and diagnosis of scope ${scope} are not the parts of the report`,
  );
  assert.deepEqual(Object.keys(diagnoses), scopes.map(({ id }) => String(id)).sort());
}

function firstDifference(one, other) {
  let at = 0;
  while (one[at] === other[at] && at < one.length) at += 1;
  return `at ${at}: "${one.slice(at - 40, at + 40)}" and "${other.slice(at - 40, at + 40)}"`;
}

test('every diagnosis of several models is the same in every place', () => {
  const { node, batch, chromium } = found;
  const several = node.filter(({ diagnoses }) => Object.keys(diagnoses ?? {}).length > 1);
  assert.ok(several.length > 0);
  for (const [index, { diagnoses, summary }] of node.entries()) {
    assert.deepEqual(batch[index].diagnoses, diagnoses, cases[index].name);
    assert.deepEqual(chromium[index].diagnoses, diagnoses, cases[index].name);
    assert.equal(batch[index].summary, summary, cases[index].name);
    assert.equal(chromium[index].summary, summary, cases[index].name);
  }
});

test('a saved response on the command line gives the same report as well', () => {
  const [first] = incidents.filter(
    ({ settings, responses }) => responses.length === 1 && settings !== objectives,
  );
  assert.equal(
    found.node[cases.indexOf(first)].report,
    diagnoseSaved(program, first.responses[0]).report,
  );
});
