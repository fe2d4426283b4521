// The element in strangers' pages: policies, sub-paths, two copies, moves, wrong attributes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { root } from '../../../deploy/steps/process.mjs';
import { eventually } from '../../eventually.mjs';
import { startBrowser } from '../browser.mjs';
import { reportOf, waitForText } from './element.mjs';
import { elementPage, packageFolder, startPageServer } from './page-server.mjs';

let browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.stop());

const recordings = { '/recordings/': path.join(root, 'frontend/portal/dist/demo/incidents/') };

/** A script that hands a recorded incident to the page's element. */
const give = `
  const response = await fetch('/recordings/seed000-before.json.gz');
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  const text = await new Response(unpacked).text();
  document.querySelector('inference-triage').data = { responses: JSON.parse(text).responses };
`;

async function withPage(options, body) {
  const folders = {
    '/portal/': packageFolder,
    '/copy/': packageFolder,
    ...recordings,
    ...options.folders,
  };
  const files = { '/give.js': give, ...options.scripts };
  const pages = {
    '/':
      options.page ?? elementPage('', { body: '<script type="module" src="/give.js"></script>' }),
  };
  const server = await startPageServer({
    pages,
    folders,
    files,
    policy: options.policy,
    prometheus: options.prometheus,
  });
  try {
    await body({ ...(await browser.open(`${server.url}${options.path ?? '/'}`)), server });
  } finally {
    await server.stop();
  }
}

const policies = [
  {
    name: 'wasm allowed, nothing inline',
    policy:
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:",
  },
  { name: 'eval allowed', policy: "script-src 'self' 'unsafe-eval'" },
  { name: 'no policy', policy: undefined },
];
for (const { name, policy } of policies) {
  test(`policy: ${name}`, () =>
    withPage({ policy }, async ({ page, errors }) => {
      assert.equal((await reportOf(page)).verdict.id, 'slot-cap');
      assert.deepEqual(errors, []);
    }));
}

test('policy without wasm: the refusal is on the page and in an event, with the directive that cures it', () =>
  withPage(
    {
      policy: "script-src 'self'; style-src 'self'",
      page: elementPage('', { head: '<script src="/listen.js"></script>' }),
      scripts: {
        '/listen.js':
          "document.addEventListener('inference-triage-error', (event) => { globalThis.told = event.detail; });",
      },
    },
    async ({ page }) => {
      await waitForText(page, /wasm-unsafe-eval/);
      const told = await page.evaluate(() => globalThis.told);
      assert.equal(told.code, 'engine-unsupported');
      assert.match(told.cure, /wasm-unsafe-eval/);
    },
  ));

test('the inline entry needs no request for the engine', () => {
  const body = '<script type="module" src="/give.js"></script>';
  const page = elementPage('', { entry: '/portal/inline.js', body });
  return withPage({ page }, async ({ page: opened, requests, errors }) => {
    assert.equal((await reportOf(opened)).verdict.id, 'slot-cap');
    assert.deepEqual(requests.filter((request) => request.url().endsWith('.wasm')).map(String), []);
    assert.deepEqual(errors, []);
  });
});

test('two copies of the package on one page do not collide', () => {
  const head = '<script type="module" src="/copy/define.js"></script>';
  const page = elementPage('', { head, body: '<script type="module" src="/give.js"></script>' });
  return withPage({ page }, async ({ page: opened, errors }) => {
    assert.equal((await reportOf(opened)).verdict.id, 'slot-cap');
    assert.deepEqual(errors, []);
  });
});

test('served below a path, everything is found', () => {
  const page = elementPage('', {
    entry: '/a/b/portal/define.js',
    body: '<script type="module" src="/give.js"></script>',
  });
  return withPage(
    { page, folders: { '/a/b/portal/': packageFolder } },
    async ({ page: opened, requests }) => {
      assert.equal((await reportOf(opened)).verdict.id, 'slot-cap');
      const wasm = requests
        .map((request) => new URL(request.url()).pathname)
        .filter((name) => name.endsWith('.wasm'));
      assert.deepEqual(wasm, ['/a/b/portal/inference_triage.wasm']);
    },
  );
});

test('data set before the element is registered are kept', () => {
  const page = elementPage('', {
    entry: '/late.js',
    body: '<script type="module" src="/give.js"></script>',
  });
  const late = `
    const hasData = () => document.querySelector('inference-triage').data;
    await new Promise((resolve) => setInterval(() => hasData() && resolve(), 10));
    await import('/portal/define.js');
  `;
  return withPage({ page, scripts: { '/late.js': late } }, async ({ page: opened, errors }) => {
    assert.equal((await reportOf(opened)).verdict.id, 'slot-cap');
    assert.deepEqual(errors, []);
  });
});

test('a moved element keeps its report, a removed one gives it up and gets it back', () =>
  withPage({}, async ({ page, errors }) => {
    await reportOf(page);
    const moved = await page.evaluate(async () => {
      const element = document.querySelector('inference-triage');
      const section = document.createElement('section');
      document.body.append(section);
      section.append(element);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return element.report()?.verdict.id;
    });
    assert.equal(moved, 'slot-cap');
    const removed = await page.evaluate(async () => {
      const element = document.querySelector('inference-triage');
      globalThis.kept = element;
      element.remove();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return element.report();
    });
    assert.equal(removed, undefined);
    await page.evaluate(() => document.body.append(globalThis.kept));
    assert.equal((await reportOf(page)).verdict.id, 'slot-cap');
    assert.deepEqual(errors, []);
  }));

test('200 elements made and removed leave the memory as it was', { timeout: 120_000 }, () =>
  withPage({ folders: { '/engine/': path.join(root, 'frontend/engine/') } }, async ({ page }) => {
    await reportOf(page);
    const sizes = await page.evaluate(async () => {
      const { data } = document.querySelector('inference-triage');
      const { loadEngine } = await import('/engine/dist/index.js');
      const { engine } = await loadEngine('/engine/dist/inference_triage.wasm');
      const seen = [];
      for (let round = 0; round < 200; round += 1) {
        const element = document.createElement('inference-triage');
        element.data = data;
        const shown = new Promise((resolve) =>
          element.addEventListener('inference-triage-report', resolve),
        );
        document.body.append(element);
        await shown;
        element.remove();
        await new Promise((resolve) => setTimeout(resolve));
        if (round % 50 === 49) seen.push(engine.memoryBytes);
      }
      return seen;
    });
    assert.equal(new Set(sizes).size, 1, `wasm memory after 50, 100, 150, 200 elements: ${sizes}`);
  }),
);

test('an attribute that cannot be read is named with the form it should have', () =>
  withPage({ page: elementPage('url="/prometheus" range="soon"') }, async ({ page }) => {
    await waitForText(page, /range="soon" cannot be read/);
    await waitForText(page, /a duration such as 30s, 1h30m or 2d/);
  }));

test('a setting the core refuses is named', () =>
  withPage({}, async ({ page }) => {
    await reportOf(page);
    await page.evaluate(() =>
      document.querySelector('inference-triage').setAttribute('slo', 'ttft=-1'),
    );
    await waitForText(page, /slo\.targets\.ttft must be a number greater than 0/i);
    await page.evaluate(() => document.querySelector('inference-triage').removeAttribute('slo'));
    await page.waitForFunction(
      () => document.querySelector('inference-triage').report()?.verdict.id === 'slot-cap',
    );
  }));

test('without a source it shows how to get one, with queries to copy', () =>
  withPage({ page: elementPage('') }, async ({ page, errors }) => {
    await waitForText(page, /Set the url attribute/);
    await waitForText(page, /num_requests_running/);
    assert.deepEqual(errors, []);
  }));

test('data that are none are refused in words', () =>
  withPage({ page: elementPage('') }, async ({ page }) => {
    await page.evaluate(() => (document.querySelector('inference-triage').data = { rows: [] }));
    await waitForText(page, /data property needs/);
    await page.evaluate(() => {
      const report = { schema: 1, scopes: [], scope: 0, verdict: { id: 'slot-cap' } };
      document.querySelector('inference-triage').data = report;
    });
    await waitForText(
      page,
      /This is a report of schema 1, not data: hand over the range responses/,
    );
    await page.evaluate(
      () => (document.querySelector('inference-triage').data = { responses: ['{"status":"suc'] }),
    );
    await page.waitForFunction(
      () => document.querySelector('inference-triage').report() === undefined,
    );
    await page.evaluate(() => {
      document.querySelector('inference-triage').data = Promise.reject(
        new Error('the archive is gone'),
      );
    });
    await waitForText(page, /The archive is gone/);
  }));

test('a page sets colours, and its colour scheme is followed', () =>
  withPage({}, async ({ page }) => {
    await reportOf(page);
    const schemeOf = () =>
      page.evaluate(() => {
        const find = (node) => {
          for (const child of (node.shadowRoot ?? node).querySelectorAll('*')) {
            const found = child.dataset?.scheme ?? (child.shadowRoot ? find(child) : undefined);
            if (found) return found;
          }
          return undefined;
        };
        return find(document.querySelector('inference-triage'));
      });
    const becomes = (scheme) =>
      eventually(`the scheme is ${scheme}`, async () => (await schemeOf()) === scheme);
    await becomes('light');
    await page.evaluate(() => (document.documentElement.style.colorScheme = 'dark'));
    await becomes('dark');
    await page.evaluate(() =>
      document.querySelector('inference-triage').setAttribute('theme', 'light'),
    );
    await becomes('light');
  }));
