// A diagnosis is handed on: as a message, as a link, as a capsule.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { root } from '../../../deploy/steps/process.mjs';
import { eventually } from '../../eventually.mjs';
import { exit, runProgram } from '../../live/program.mjs';
import { startBrowser } from '../browser.mjs';
import { reportOf, waitForText } from './element.mjs';
import { startPageServer } from './page-server.mjs';

let browser, server;
before(async () => {
  browser = await startBrowser();
  server = await startPageServer({
    folders: { '/': path.join(root, 'frontend/portal/dist/demo') },
  });
});
after(async () => {
  await browser.stop();
  await server.stop();
});

const MINUTE = 60_000;
const button = (page, name) => page.locator('.share').getByRole('button', { name });

/** What the page copied last, whatever the browser allows. */
async function recordCopies(page) {
  await page.evaluate(() => {
    window.copied = [];
    navigator.clipboard.writeText = async (text) => void window.copied.push(text);
  });
  return () => page.evaluate(() => window.copied.at(-1));
}

test('the message is copied as Markdown', async () => {
  const { page, errors } = await browser.open(`${server.url}/#seed000-onset`);
  await reportOf(page, '#panel');
  const copied = await recordCopies(page);
  await button(page, /copy message/).click();
  const message = await eventually('a message is copied', copied);
  assert.match(message, /^🔴 \*\*`gemma` \(1 replica\): admission is capped at 2/u);
  assert.match(message, /\n- \*\*Do\*\*\n {2}1\. Raise `--max-num-seqs` from 2 to 8/);
  assert.deepEqual(errors, []);
});

test('two windows are compared and copied as the command line prints them', async () => {
  const { page, errors } = await browser.open(`${server.url}/#seed000-onset`);
  const { window: after, baseline: before } = await reportOf(page, '#panel');
  const copied = await recordCopies(page);
  await page.getByRole('button', { name: 'compare', exact: true }).click();
  await waitForText(page, /The later window is worse/);
  await page.getByRole('button', { name: /copy comparison/ }).click();
  const table = await eventually('a comparison is copied', copied);
  const span = ({ start, end }) => `${start / 1000}..${end / 1000}`;
  const response = path.join(root, 'tests/incidents/seed000/onset.response.json.gz');
  const windows = ['--before', span(before), '--after', span(after)];
  const { stdout, status } = await runProgram([
    ...['compare', '--response', response, ...windows, '--format', 'markdown'],
  ]);
  assert.equal(status, exit.finding);
  assert.equal(table, stdout);
  assert.deepEqual(errors, []);
});

test('the panel is saved as a picture', async () => {
  const { page, errors } = await browser.open(`${server.url}/#seed000-onset`);
  await reportOf(page, '#panel');
  await page.locator('.share summary').click();
  const download = page.waitForEvent('download');
  await button(page, /save picture/).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^inference-triage-slot-cap-[-0-9]+\.png$/);
  const bytes = readFileSync(await file.path());
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  const { width, height } = await page.locator('#panel').boundingBox();
  // The header of a PNG holds its size.
  assert.ok(bytes.readUInt32BE(16) >= width - 2, 'narrower than the panel');
  assert.ok(bytes.readUInt32BE(20) >= height - 2, 'lower than the panel');
  assert.deepEqual(errors, []);
});

test("a link leads to the reader's window, and the address follows it", async () => {
  const { page } = await browser.open(`${server.url}/?x=1#seed000-onset`);
  const { range, window: latest } = await reportOf(page, '#panel');
  assert.equal(new URL(page.url()).searchParams.get('triage'), null);
  const chosen = { start: range.start + 5 * MINUTE, end: range.start + 20 * MINUTE };
  await page.evaluate((window) => {
    document.querySelector('#panel').window = window;
  }, chosen);
  const inAddress = new URL(page.url());
  assert.equal(inAddress.searchParams.get('x'), '1');
  assert.equal(inAddress.hash, '#seed000-onset');
  const copied = await recordCopies(page);
  await page.locator('.share summary').click();
  await button(page, /copy link/).click();
  const link = await eventually('a link is copied', copied);
  assert.equal(link, page.url());

  const { page: other } = await browser.open(link);
  const { window, verdict } = await reportOf(other, '#panel');
  assert.deepEqual([window.start, window.end], [chosen.start, chosen.end]);
  assert.equal(verdict.id, 'healthy');
  await other.evaluate(() => {
    document.querySelector('#panel').window = undefined;
  });
  assert.equal(new URL(other.url()).searchParams.get('triage'), null);
  assert.equal((await reportOf(other, '#panel')).window.end, latest.end);
});

test('a link leads to the comparison that the reader made', async () => {
  const { page } = await browser.open(`${server.url}/#seed000-onset`);
  const { range } = await reportOf(page, '#panel');
  await page.evaluate(
    (window) => {
      document.querySelector('#panel').window = window;
    },
    { start: range.start, end: range.start + 15 * MINUTE },
  );
  const compared = page.getByRole('group', { name: 'Compared', exact: true });
  const pressed = (opened, name) =>
    opened.getByRole('button', { name, exact: true, pressed: true }).waitFor();
  await page.getByRole('button', { name: 'compare', exact: true }).click();
  await page.getByRole('button', { name: 'with the time just after', exact: true }).click();
  await pressed(page, 'with the time just after');
  const answer = await compared.locator('.comparison-answer').innerText();
  assert.match(page.url(), /triage=[\d.]+,[\d.]+,next#/);

  // A narrow page has its charts folded; those of the comparison are open.
  for (const width of [1280, 400]) {
    const { page: other, errors } = await browser.open(page.url(), { width });
    await reportOf(other, '#panel');
    await pressed(other, 'with the time just after');
    assert.equal(await other.locator('.comparison-answer').innerText(), answer);
    assert.deepEqual(errors, []);
    await other.close();
  }

  await page.getByRole('button', { name: 'with one I pick next', exact: true }).click();
  await page.evaluate(
    (window) => {
      document.querySelector('#panel').window = window;
    },
    { start: range.end - 15 * MINUTE, end: range.end },
  );
  await waitForText(page, /The later window is worse/);
  const { page: kept } = await browser.open(page.url());
  await pressed(kept, 'keep this window instead');
  await waitForText(kept, /The later window is worse/);
  await page.getByRole('button', { name: 'end comparison', exact: true }).click();
  assert.doesNotMatch(page.url(), /triage=[^,]*,[^,]*,/);
});

test('an address that makes no sense leads to the latest window', async () => {
  const { page, errors } = await browser.open(`${server.url}/?triage=1..2,x#seed000-onset`);
  const { verdict } = await reportOf(page, '#panel');
  assert.equal(verdict.id, 'slot-cap');
  assert.deepEqual(errors, []);
});

/** Drops a file onto the element, as a reader does. */
const drop = (page, name, text) =>
  page.evaluate(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], fileName, { type: 'application/json' }));
      const target = document.querySelector('#panel').shadowRoot.querySelector('.panel');
      for (const type of ['dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, cancelable: true }));
    },
    [name, text],
  );

for (const [name, isRedacted] of [
  [/^save capsule$/, false],
  [/without names/, true],
])
  test(`a capsule is saved ${isRedacted ? 'without names ' : ''}and opened by dropping it`, async () => {
    const { page } = await browser.open(`${server.url}/#seed000-onset`);
    const { range, verdict } = await reportOf(page, '#panel');
    await page.evaluate(
      (window) => {
        document.querySelector('#panel').window = window;
      },
      { start: range.start, end: range.start + 20 * MINUTE },
    );
    const early = await reportOf(page, '#panel');
    assert.notEqual(early.verdict.id, verdict.id);
    await page.locator('.share summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, name).click(),
    ]);
    assert.match(download.suggestedFilename(), /^incident-[\d-]+\.capsule\.json$/);
    const text = readFileSync(await download.path(), 'utf8');
    assert.equal(text.includes('gemma'), !isRedacted);

    const { page: other, errors } = await browser.open(`${server.url}/#seed000-after`);
    await reportOf(other, '#panel');
    await drop(other, 'saved.json', text);
    await waitForText(other, 'saved.json is shown');
    const opened = await reportOf(other, '#panel');
    assert.deepEqual(opened.window, early.window);
    assert.equal(opened.verdict.id, early.verdict.id);
    assert.deepEqual(errors, []);
  });

test('what is dropped and no capsule is refused in words, and what was there stays', async () => {
  const { page, errors } = await browser.open(`${server.url}/#seed000-onset`);
  await reportOf(page, '#panel');
  await drop(page, 'report.json', '{"verdict":{},"findings":[]}');
  await waitForText(page, 'this is a report, which holds no series');
  assert.equal((await reportOf(page, '#panel')).verdict.id, 'slot-cap');
  assert.deepEqual(errors, []);
});

test('a verdict links its runbook where the page names one', async () => {
  const { page, errors } = await browser.open(`${server.url}/#seed000-onset`);
  await reportOf(page, '#panel');
  const link = page.locator('#panel').getByRole('link', { name: /^Runbook/ });
  assert.equal(await link.count(), 0);
  await page.evaluate(() =>
    document.querySelector('#panel').setAttribute('runbook', '/runbooks/{cause}.html'),
  );
  await link.waitFor();
  assert.equal(await link.getAttribute('href'), '/runbooks/slot-cap.html');
  assert.equal(await link.innerText(), 'Runbook of slot cap');
  assert.deepEqual(errors, []);
});
