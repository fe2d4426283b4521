// The table of replicas in the cells that dashboards give it, from one replica to a thousand: it is
// reached, nothing is cut, and pictures of it are taken.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { toOpenMetrics } from '../../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../../deploy/steps/prometheus.mjs';
import { startBrowser } from '../browser.mjs';
import { fleetEnd, fleetSeries, fleetStart } from '../fleet-series.mjs';
import { untilShown } from '../reading.mjs';
import { openGrafana, panelsIn, takePicture, triage } from './panel-page.mjs';
import { startGrafana } from './server/page-server.mjs';

/** A panel of 12 × 8 and of 24 × 16 cells on a screen of 1,600 pixels. */
const cells = { '12x8': [776, 304], '24x16': [1568, 608] };

/** The sections of the dashboard "fleet". */
const options = { sections: ['verdict', 'fleet', 'phases', 'strips'] };

const range = {
  from: new Date(fleetStart * 1000).toISOString(),
  to: new Date(fleetEnd * 1000).toISOString(),
};

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser?.stop());

for (const [index, count] of [1, 4, 40, 1000].entries()) {
  for (const [at, theme] of ['light', 'dark'].entries()) {
    const column = columns[(index + at) % 2];
    test(`${count} replicas in ${column}, ${theme}`, { timeout: 240_000 }, async () => {
      const prometheus = await startPrometheus({ backfill: toOpenMetrics(fleetSeries(count)) });
      const grafana = await startGrafana({ column, prometheus: prometheus.url });
      try {
        const panels = Object.entries(cells).map(([title, [width, height]]) =>
          triage({ title, width, height, options }),
        );
        const look = { width: 1640, height: 1100 };
        const setting = { theme, ...range, panels };
        const { page, complaints } = await openGrafana(browser, grafana, setting, look);
        for (const [place, title] of Object.keys(cells).entries())
          await lookAt(panelsIn(page).nth(place), { count, title, theme });
        assert.deepEqual(complaints(), []);
        await page.close();
      } finally {
        await grafana.stop();
        await prometheus.stop();
      }
    });
  }
}

async function lookAt(panel, { count, title, theme }) {
  await untilShown(panel, /gemma/);
  const table = panel.locator('section.fleet');
  const button = panel.getByRole('button', { name: 'Replicas', exact: true });
  if (count === 1) {
    await takePicture(panel, `fleet-${count}-${title}-${theme}`);
    assert.equal(await table.count(), 0, 'one replica has no other beside it');
    return;
  }
  await table.or(button).first().waitFor();
  await takePicture(panel, `fleet-${count}-${title}-${theme}-first`);
  if (!(await table.isVisible())) await button.click();
  await table.waitFor();
  await table.locator('.fleet-judged').first().waitFor();
  await takePicture(panel, `fleet-${count}-${title}-${theme}`);
  assert.match(await table.innerText(), /1 of [\d,]+ replicas stands out\. vllm-1\/0:/);
  assert.match(await table.locator('tbody tr').first().innerText(), /vllm-1\/0/);
  const rooms = await table
    .locator('.fleet-scroll')
    .evaluate((scroller) => [scroller.clientHeight, scroller.scrollWidth - scroller.clientWidth]);
  if (count > 40) assert.ok(rooms[0] <= cells[title][1], `${rooms[0]} px scroll in ${title}`);
  assert.equal(rooms[1], 0, `columns of ${title} are out of sight`);
}
