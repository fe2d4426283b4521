// The published incident, read from the page in every way the panel can get there: installed in a
// server or bundled into an application, under two releases of Perses's own packages, always before
// a real Prometheus.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { releases } from '../../../deploy/steps/perses-columns.mjs';
import { diagnoseResponses } from '../../live/program.mjs';
import { inputs, onsetTime, prometheusWith } from '../portal/incidents.mjs';
import { seriousViolations } from '../browser.mjs';
import { withoutFullStop } from '../reading.mjs';
import { rangeOf, startColumn, ways } from './columns.mjs';
import { panelOf, reportOf, startPanelBrowser, takePicture, waitForText } from './pages.mjs';
import { plannedQueries } from './plan.mjs';

let browser, prometheuses;
before(async () => {
  browser = await startPanelBrowser();
  const started = await Promise.all(
    Object.keys(inputs).map(async (name) => [name, await prometheusWith(name)]),
  );
  prometheuses = Object.fromEntries(started);
});
after(async () => {
  await browser.stop();
  for (const prometheus of Object.values(prometheuses)) await prometheus.stop();
});

for (const release of releases) {
  for (const [way, page] of Object.entries(ways)) {
    describe(`Perses ${release}, ${way}`, () => {
      for (const name of Object.keys(inputs)) {
        test(`${name}: the page says ${inputs[name].verdict}`, () =>
          column({ release, way, page, name }));
      }
    });
  }
}

async function column({ release, way, page: file, name }) {
  const truth = inputs[name];
  const server = await startColumn(release, prometheuses[name]);
  try {
    const theme = way === 'installed' ? 'dark' : 'light';
    const panel = panelOf(await plannedQueries(), { timeZone: 'UTC' });
    const { page, errors } = await browser.openPage(server, file, {
      panel,
      range: rangeOf(name),
      theme,
    });
    const { report, text } = await reportOf(page);

    assert.equal(report.verdict.id, truth.verdict, report.verdict.sentence);
    assert.match(report.verdict.sentence, truth.sentence);
    if (truth.finished !== undefined)
      assert.equal(Math.round(report.window.finished_requests), truth.finished);
    if (name === 'onset')
      assert.ok(
        Math.abs(report.verdict.since / 1000 - onsetTime) <= 60,
        `since ${report.verdict.since}`,
      );
    await waitForText(page, withoutFullStop(report.verdict.sentence));

    const printed = await diagnoseResponses(server.recorded.map(({ body }) => body));
    assert.equal(text.trim(), printed.stdout.trim(), 'the page and the command line differ');
    assert.deepEqual(errors, []);
    assert.deepEqual(await seriousViolations(page), []);
    await takePicture(page, `${release}-${way}-${name}`);
  } finally {
    await server.stop();
  }
}
