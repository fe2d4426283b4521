import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { STRICT, settle, show, startBrowser } from './browser.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

test('nothing a label contains is interpreted as markup', async () => {
  const page = await browser.open({ bypassCSP: true });
  for (const width of [1248, 800, 360, 200]) {
    await show(page, 'hostile', { width });
    await page.evaluate(() => {
      const shadow = document.querySelector('#box > div').shadowRoot;
      for (const details of shadow.querySelectorAll('details')) details.open = true;
      shadow.querySelector('[data-tip]').dispatchEvent(new Event('pointerover', { bubbles: true }));
    });
    await page.waitForTimeout(300);
    const found = await page.evaluate(() => {
      const shadow = document.querySelector('#box > div').shadowRoot;
      return {
        attacked: window.attacked,
        elements: shadow.querySelectorAll('img, script').length,
        text: shadow.textContent.includes('<img src=x'),
        // Controls, what reorders and what hides, in texts and in attributes that are read out.
        disturbing: /[^\P{C}\n\t]|[\u2028\u2029]/u.exec(shadow.innerHTML)?.[0].codePointAt(0),
      };
    });
    assert.deepEqual(found, {
      attacked: undefined,
      elements: 0,
      text: true,
      disturbing: undefined,
    });
  }
  await page.context().close();
});

test('a policy without inline styles, scripts or strings as markup is not violated', async () => {
  const page = await browser.open({ policy: STRICT });
  await page.evaluate(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      window.violations.push(`${event.violatedDirective} ${event.sample}`),
    );
  });
  for (const state of ['onset', 'loading', 'setup', 'estimated', 'manyScopes'])
    await show(page, state, { width: 1248 });
  const width = await page.evaluate(
    () =>
      document.querySelector('#box > div').shadowRoot.querySelector('.verdict')?.clientWidth ?? 0,
  );
  assert.ok(width > 1000);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a Trusted Types policy that refuses the template library gets a designed notice with the verdict', async () => {
  const page = await browser.open({ policy: `${STRICT}; trusted-types 'none'` });
  await page.evaluate(() => {
    window.stage.open(800, 400);
    window.stage.showNamed('onset');
  });
  await page.waitForFunction(() =>
    document.querySelector('#box > div')?.shadowRoot?.querySelector('.card'),
  );
  const text = await page.evaluate(
    () => document.querySelector('#box > div').shadowRoot.querySelector('.root').innerText,
  );
  assert.match(text, /Trusted Types policy refuses/);
  assert.match(text, /trusted-types lit-html/);
  assert.match(text, /Admission is capped at 2 running sequences/);
  await page.context().close();
});

test('keys stay in the view', async () => {
  const page = await browser.open();
  await show(page, 'onset', { width: 1248, height: 700 });
  await page.evaluate(() => {
    window.heard = [];
    for (const type of ['keydown', 'keyup', 'keypress'])
      document.addEventListener(type, (event) => window.heard.push(event.key));
    document
      .querySelector('#box > div')
      .shadowRoot.querySelector('[data-grip="body"][role]')
      .focus();
  });
  for (const key of ['d', 'ArrowLeft', 'Escape', '/']) await page.keyboard.press(key);
  await settle(page);
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  await page.context().close();
});

test('styles of the page do not reach in, and ours do not leak out', async () => {
  const page = await browser.open({ bypassCSP: true });
  await page.addStyleTag({
    content: 'h2, td, button { color: rgb(1, 2, 3) !important; font-size: 77px !important }',
  });
  await show(page, 'onset', { width: 1248, height: 700 });
  const [inside, outside] = await page.evaluate(() => {
    const shadow = document.querySelector('#box > div').shadowRoot;
    const heading = document.createElement('h2');
    document.body.append(heading);
    return [
      getComputedStyle(shadow.querySelector('h2')).fontSize,
      getComputedStyle(heading).fontSize,
    ];
  });
  assert.equal(inside, '20px');
  assert.equal(outside, '77px');
  await page.context().close();
});
