// Every incident of the demo at every size: no text cut off, none over another, no part without
// content, nothing that scrolls sideways. `npm run screens` draws many more, to be looked at.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { faultsOf } from './screens/faults.mjs';
import { demoIncidents } from './screens/incidents.mjs';
import { startScreens } from './screens/screens.mjs';
import { looks, sizes } from './screens/sizes.mjs';

let screens;
before(async () => {
  screens = await startScreens();
});
after(() => screens?.stop());

for (const [index, incident] of demoIncidents().entries()) {
  const look = looks[index % looks.length];
  test(`${incident.id} is whole at every size, ${look}`, async () => {
    const all = [];
    for await (const { size, faults } of screens.draw(incident, look, sizes))
      all.push(...faults.map((fault) => `${size.id}: ${fault}`));
    assert.deepEqual(all, []);
  });
}

/** What is wrong with some HTML in the shadow root of an element of 200 × 100 px. */
async function faultsIn(html) {
  const { page } = await screens.browser.open(undefined, { width: 400, height: 400 });
  await page.setContent('<div id="host" style="width:200px;height:100px"></div>');
  const faults = await page.evaluate(
    ([source, text]) => {
      const host = document.querySelector('#host');
      host.attachShadow({ mode: 'open' }).innerHTML = text;
      return new Function(`return ${source}`)()(host);
    },
    [String(faultsOf), html],
  );
  await page.close();
  return faults;
}

const lines = '<p style="margin:0">one<br>two<br>three<br>four<br>five<br>six<br>seven</p>';
const wide = '<p style="width:300px;margin:0">right as far as the end of a long line</p>';

const cases = [
  ['cut: sideways', `<div style="overflow:hidden">${wide}</div>`, /^cut: "right/],
  ['cut: below', `<div style="height:50px;overflow:hidden">${lines}</div>`, /^cut: /],
  [
    'cut: an ellipsis without a word',
    `<div style="width:50px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">a long name</div>`,
    /^cut: "a long name"/,
  ],
  [
    'overlap',
    '<p style="margin:0">first</p><p style="margin:-18px 0 0">other</p>',
    /^overlap: "first" and "other"/,
  ],
  ['empty: a list', '<ul></ul>', /^empty: UL/],
  ['empty: only a title', '<section><h3>Objectives</h3></section>', /^empty: SECTION/],
  ['sideways', `<div style="overflow-x:auto">${wide}</div>`, /scrolls sideways: DIV/],
];

for (const [name, html, wanted] of cases)
  test(`a fault is found: ${name}`, async () => {
    const faults = await faultsIn(html);
    assert.ok(
      faults.some((fault) => wanted.test(fault)),
      faults.join('\n') || 'no fault',
    );
  });

const good = {
  'an ellipsis with a tooltip':
    '<div title="a long name" style="width:50px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">a long name</div>',
  'a text for screen readers alone':
    '<div style="position:absolute;width:1px;height:1px;overflow:hidden">for your ears only</div>',
  'a part that scrolls down': `<div style="height:50px;overflow:hidden auto">${lines}</div>`,
  'a wide table that scrolls by itself': `<div role="region" tabindex="0" style="overflow-x:auto">${wide}</div>`,
  'a part with a chart': '<section><h3>Time</h3><canvas></canvas></section>',
};

for (const [name, html] of Object.entries(good))
  test(`no fault: ${name}`, async () => assert.deepEqual(await faultsIn(html), []));
