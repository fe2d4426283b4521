// The demo page: the front door, in every width and scheme, from any path, without a server but a
// static one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { root } from '../../../deploy/steps/process.mjs';
import { seriousViolations, startBrowser } from '../browser.mjs';
import { reportOf, takePicture, waitForText } from './element.mjs';
import { onsetEnd, prometheusWith } from './incidents.mjs';
import { startPageServer } from './page-server.mjs';
import { belowTheFold } from '../reading.mjs';
import { readFileSync } from 'node:fs';

const incidents = JSON.parse(
  readFileSync(path.join(root, 'frontend/portal/demo/incidents.json'), 'utf8'),
);
const demoFolder = path.join(root, 'frontend/portal/dist/demo');
const verdicts = {
  'seed000-onset': 'slot-cap',
  'seed000-before': 'slot-cap',
  'seed000-after': 'healthy',
};
// The gallery's stories say what was injected; the panel beside them names it.
const named = {
  ...verdicts,
  'load-above-capacity': 'load-above-capacity',
  'kv-thrash': 'kv-thrash',
  'long-prompts': 'long-prompts',
  'prefix-cache-collapse': 'prefix-cache-collapse',
  'slow-decode': 'slow-decode',
  'front-end-cpu': 'front-end',
  'routing-imbalance': 'routing-imbalance',
  'healthy-full-cache': 'healthy',
};

let browser, server;
before(async () => {
  browser = await startBrowser();
  server = await startPageServer({ folders: { '/': demoFolder } });
});
after(async () => {
  await browser.stop();
  await server.stop();
});

const panel = '#panel';

for (const [id, verdict] of Object.entries(verdicts)) {
  test(`${id} is diagnosed as ${verdict} from its recording`, async () => {
    const { page, errors, requests } = await browser.open(`${server.url}/#${id}`);
    const report = await reportOf(page, panel);
    assert.equal(report.verdict.id, verdict, report.verdict.sentence);
    const foreign = requests
      .map((request) => request.url())
      .filter((url) => !url.startsWith(server.url) && !url.startsWith('data:'));
    assert.deepEqual(foreign, []);
    assert.deepEqual(errors, []);
  });
}

test('the reader picks another incident and reveals its truth', async () => {
  const { page, errors } = await browser.open(`${server.url}/`);
  assert.equal((await reportOf(page, panel)).verdict.id, 'slot-cap');
  await page.getByRole('link', { name: /Sixteen slots/ }).click();
  await page.waitForFunction(
    () => document.querySelector('#panel').report()?.verdict.id === 'healthy',
  );
  const truth = page.getByText(/Nothing is wrong/);
  assert.equal(await truth.isVisible(), false);
  await page.getByText('Show the injected fault').click();
  assert.equal(await truth.isVisible(), true);
  await page.goBack();
  await page.waitForFunction(
    () => document.querySelector('#panel').report()?.verdict.id === 'slot-cap',
  );
  assert.equal(await truth.isVisible(), false);
  assert.deepEqual(errors, []);
});

test('verdict, impact, first action and both bars are seen without scrolling at 1440 × 900', async () => {
  const { page } = await browser.open(`${server.url}/#seed000-onset`, { width: 1440, height: 900 });
  await reportOf(page, panel);
  await takePicture(page, 'demo-first-look-1440');
  assert.deepEqual(await belowTheFold(page.locator(panel), 900), []);
});

test('every incident of the gallery is named, and no story says otherwise', async () => {
  const { page } = await browser.open(`${server.url}/`);
  for (const { id, tag, truth } of incidents) {
    await page.goto(`${server.url}/#${id}`);
    await page.reload();
    assert.equal((await reportOf(page, panel)).verdict.id, named[id], id);
    assert.doesNotMatch(`${tag} ${truth}`, /no rule|cannot (tell|name)/, id);
  }
});

test("the colour scheme is the system's until the reader picks one, which is kept", async () => {
  const { page } = await browser.open(`${server.url}/`, { colorScheme: 'dark' });
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await page.getByRole('radio', { name: 'Light' }).check();
  const light = await background();
  assert.notEqual(light, dark);
  await page.reload();
  assert.equal(await background(), light);
  await page.getByRole('radio', { name: 'Auto' }).check();
  assert.equal(await background(), dark);
});

for (const width of [1600, 800, 360]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${width} px, ${colorScheme}: accessible, nothing sticks out`, async () => {
      const { page, errors } = await browser.open(`${server.url}/`, {
        width,
        height: 1000,
        colorScheme,
      });
      await reportOf(page, panel);
      await page.waitForTimeout(300);
      await takePicture(page, `demo-onset-${width}-${colorScheme}`);
      assert.ok(
        await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        'the page scrolls sideways',
      );
      assert.deepEqual(await seriousViolations(page), []);
      assert.deepEqual(errors, []);
    });
  }
}

test('pictures of the other incidents', async () => {
  for (const id of ['seed000-before', 'seed000-after']) {
    const { page } = await browser.open(`${server.url}/#${id}`, { width: 1600, height: 1000 });
    await reportOf(page, panel);
    await page.waitForTimeout(300);
    await takePicture(page, `demo-${id}-1600-light`);
  }
});

test('it works from any path', async () => {
  const nested = await startPageServer({ folders: { '/team/a/triage/': demoFolder } });
  try {
    const { page, errors } = await browser.open(`${nested.url}/team/a/triage/`);
    assert.equal((await reportOf(page, panel)).verdict.id, 'slot-cap');
    assert.deepEqual(errors, []);
  } finally {
    await nested.stop();
  }
});

test('a server that unpacks recordings on the way changes nothing', async () => {
  const { page } = await browser.open();
  await page.route('**/*.json.gz', async (route) => {
    const response = await route.fetch();
    const { gunzipSync } = await import('node:zlib');
    await route.fulfill({
      body: gunzipSync(await response.body()),
      contentType: 'application/json',
    });
  });
  await page.goto(`${server.url}/`);
  assert.equal((await reportOf(page, panel)).verdict.id, 'slot-cap');
});

test('a missing recording is named', async () => {
  const { page } = await browser.open();
  await page.route('**/*.json.gz', (route) => route.fulfill({ status: 404 }));
  await page.goto(`${server.url}/`);
  await waitForText(page, /recording .*seed000-onset.* could not be read \(404\)/);
});

test('with ?url= it reads a Prometheus behind the same server, and the recordings stay a click away', async () => {
  const prometheus = await prometheusWith('onset');
  const live = await startPageServer({ folders: { '/': demoFolder }, prometheus: prometheus.url });
  try {
    const { page, errors } = await browser.open(
      `${live.url}/?url=/prometheus&end=${onsetEnd}&range=1h`,
    );
    assert.equal((await reportOf(page, panel)).verdict.id, 'slot-cap');
    await page.getByRole('link', { name: /Sixteen slots/ }).click();
    await page.waitForFunction(
      () => document.querySelector('#panel').report()?.verdict.id === 'healthy',
    );
    assert.deepEqual(errors, []);
  } finally {
    await live.stop();
    await prometheus.stop();
  }
});

test('a Prometheus of another origin that does not allow the page is refused in words', async () => {
  const prometheus = await prometheusWith('onset');
  const other = await startPageServer({ prometheus: prometheus.url, allowsOthers: false });
  try {
    const { page } = await browser.open(
      `${server.url}/?url=${encodeURIComponent(`${other.url}/prometheus`)}`,
    );
    await waitForText(page, /does not let pages of .* read it/);
    await waitForText(page, /--web\.cors\.origin/);
  } finally {
    await other.stop();
    await prometheus.stop();
  }
});
