// A policy that forbids WebAssembly: the panel says so, and which word in Grafana's configuration
// cures it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { columns } from '../../../deploy/steps/grafana-columns.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { startIncidents } from './incidents.mjs';
import { openGrafana, panelsIn, rangeOf, takePicture, triage } from './panel-page.mjs';
import { untilShown } from '../reading.mjs';
import { policies } from './policies.mjs';
import { startGrafana } from './server/page-server.mjs';

let browser, incidents;
before(async () => {
  incidents = await startIncidents(['before']);
  browser = await startBrowser();
});
after(async () => {
  await browser?.stop();
  await incidents?.stop();
});

for (const [index, column] of columns.entries()) {
  const theme = ['dark', 'light'][index];
  test(`${column}: without 'unsafe-eval' the panel names the one line that cures it`, async () => {
    const server = {
      column,
      prometheus: incidents.url('before'),
      subPath: '/grafana',
      policy: policies['no eval'],
    };
    const grafana = await startGrafana(server);
    try {
      const setting = {
        theme,
        ...rangeOf('before'),
        panels: [triage({ width: 900, height: 400 })],
      };
      const { page } = await openGrafana(browser, grafana, setting);
      const text = await untilShown(panelsIn(page), /'wasm-unsafe-eval'/);
      assert.match(text, /content_security_policy|Content-Security-Policy|script-src/);
      assert.doesNotMatch(text, /undefined|\[object|CompileError/);
      await takePicture(panelsIn(page), `policy-without-eval-${column}-${theme}`);
      assert.deepEqual(await seriousViolations(page), []);
      await page.close();
    } finally {
      await grafana.stop();
    }
  });
}
