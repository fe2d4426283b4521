// Every size a dashboard may give the panel, in both themes: the verdict is there, nothing sticks
// out, all is accessible.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { startIncidents } from './incidents.mjs';
import { openGrafana, panelsIn, rangeOf, takePicture, triage } from './panel-page.mjs';
import { belowTheFold, untilShown } from '../reading.mjs';
import { startGrafana } from './server/page-server.mjs';

const sizes = [
  [200, 100],
  [320, 180],
  [480, 320],
  [700, 500],
  [1000, 700],
  [1600, 1000],
];

/** Circumstances, so that each version of Grafana meets each theme and each incident once. */
const looks = [
  { column: columns[0], theme: 'dark', incident: 'before' },
  { column: columns[0], theme: 'light', incident: 'onset' },
  { column: columns[1], theme: 'light', incident: 'before' },
  { column: columns[1], theme: 'dark', incident: 'onset' },
];

let browser, incidents;
before(async () => {
  incidents = await startIncidents(['before', 'onset']);
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
});

for (const { column, theme, incident } of looks) {
  test(`${incident} in ${column}, ${theme}, from 200 × 100 to 1600 × 1000`, async () => {
    const grafana = await startGrafana({ column, prometheus: incidents.url(incident) });
    try {
      const panels = sizes.map(([width, height]) =>
        triage({ title: `${width} × ${height}`, width, height }),
      );
      const look = { width: 1700, height: 1400 };
      const { page, complaints } = await openGrafana(
        browser,
        grafana,
        { theme, ...rangeOf(incident), panels },
        look,
      );
      for (const [index, [width, height]] of sizes.entries()) {
        const panel = panelsIn(page).nth(index);
        await untilShown(panel, /Critical|Admission is capped/);
        assert.deepEqual(await sticksOut(panel), [], `${width} × ${height}`);
        await takePicture(panel, `size-${width}x${height}-${incident}-${column}-${theme}`);
      }
      assert.deepEqual(await seriousViolations(page), []);
      assert.deepEqual(complaints(), []);
      await page.close();
    } finally {
      await grafana.stop();
    }
  });
}

test('verdict, impact, first action and both bars are seen without scrolling at 1440 × 900', async () => {
  const grafana = await startGrafana({ column: columns[1], prometheus: incidents.url('onset') });
  try {
    const panels = [triage({ width: 1400, height: 820 })];
    const look = { width: 1440, height: 900 };
    const { page } = await openGrafana(browser, grafana, { ...rangeOf('onset'), panels }, look);
    await untilShown(panelsIn(page), /capped at 2 running/);
    await takePicture(page, 'first-look-1440');
    assert.deepEqual(await belowTheFold(panelsIn(page), 900), []);
    await page.close();
  } finally {
    await grafana.stop();
  }
});

test('cells of 12 × 8: the time, the heat map and the latencies are one click away', async () => {
  const grafana = await startGrafana({ column: columns[1], prometheus: incidents.url('onset') });
  try {
    const panels = [triage({ width: 776, height: 304 })];
    const { page, complaints } = await openGrafana(browser, grafana, {
      ...rangeOf('onset'),
      panels,
    });
    const panel = panelsIn(page);
    await untilShown(panel, /capped at 2 running/);
    await takePicture(panel, 'cells-12x8');
    const opened = { Time: '.strip-area', 'Heat map': '.heat-area', Latencies: '.matrix-table' };
    for (const [name, part] of Object.entries(opened)) {
      await panel.getByRole('button', { name, exact: true }).click();
      await panel.locator(part).waitFor();
      await panel.getByRole('button', { name, exact: true }).click();
    }
    assert.deepEqual(complaints(), []);
    await page.close();
  } finally {
    await grafana.stop();
  }
});

/** Elements inside the panel that can be scrolled sideways or lie beyond its right edge. */
function sticksOut(panel) {
  return panel.evaluate((element) => {
    const { right } = element.getBoundingClientRect();
    const inside = (node) => [node, ...[...(node.shadowRoot ?? node).children].flatMap(inside)];
    const clips = (node) => node.parentElement?.closest('[style*="overflow"]');
    return inside(element)
      .filter((node) => node.checkVisibility?.() && !clips(node))
      .filter((node) => {
        const scrolls =
          /auto|scroll/.test(getComputedStyle(node).overflowX) &&
          node.scrollWidth > node.clientWidth + 1;
        return scrolls || node.getBoundingClientRect().right > right + 1;
      })
      .map((node) => `${node.tagName}.${node.getAttribute('class')}`);
  });
}
