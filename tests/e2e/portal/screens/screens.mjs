// Draws an incident in a look at every size, with what a machine sees wrong with each picture.

import { startBrowser } from '../../browser.mjs';
import { reportOf } from '../element.mjs';
import { startPageServer } from '../page-server.mjs';
import { faultsOf } from './faults.mjs';

const page = (scheme) => `<!doctype html><html lang="en"><head><title>screens</title>
<meta charset="utf-8"><link rel="icon" href="data:,"><style>
  body { margin: 0; background: ${scheme === 'dark' ? '#111' : '#fff'}; color-scheme: ${scheme} }
  div { overflow: hidden auto }
  inference-triage[fill] { height: 100% }
</style><script type="module" src="/portal/define.js"></script></head>
<body><div>
  <inference-triage theme="${scheme}" time-zone="UTC"></inference-triage>
</div></body></html>`;

/** Height of the browser's window: that of a laptop. */
const HEIGHT = 900;

/** Until charts, verdicts over time and of replicas no longer change. */
async function untilStill(opened) {
  await opened.waitForFunction(
    () => {
      const inside = (node) => [
        node,
        ...[...(node.shadowRoot ?? node).children].flatMap((child) => inside(child)),
      ];
      const all = inside(document.querySelector('inference-triage'));
      const texts = all.map(
        ({ shadowRoot, textContent }) => shadowRoot?.textContent ?? textContent,
      );
      const now = texts.join('').length;
      const isStill = now === globalThis.before && !texts.some((text) => /judging each/.test(text));
      globalThis.before = now;
      return isStill;
    },
    null,
    { polling: 60, timeout: 60_000 },
  );
}

/** Opens or closes every folded part. */
const fold = (opened, isOpen) =>
  opened.evaluate(async (wanted) => {
    const inside = (node) => [
      node,
      ...[...(node.shadowRoot ?? node).children].flatMap((child) => inside(child)),
    ];
    const all = () => inside(document.querySelector('inference-triage'));
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let round = 0; round < 3; round += 1) {
      for (const details of all().filter((node) => node.matches('details:not(.share *, .share)')))
        if (details.open !== wanted) details.querySelector('summary').click();
      for (const button of all().filter((node) => node.matches('.fold-buttons [aria-expanded]')))
        if ((button.getAttribute('aria-expanded') === 'true') !== wanted) button.click();
      await frame();
      await frame();
    }
  }, isOpen);

/** Starts browser and server; `draw(incident, look, sizes)` yields `{ size, faults, picture }`. */
export async function startScreens() {
  const browser = await startBrowser();
  const pages = { '/light': page('light'), '/dark': page('dark') };
  const server = await startPageServer({ pages });
  async function* draw({ read }, look, sizes) {
    const { page: opened, errors } = await browser.open(`${server.url}/${look}`);
    try {
      await opened.evaluate(async (responses) => {
        await customElements.whenDefined('inference-triage');
        const encoder = new TextEncoder();
        document.querySelector('inference-triage').data = {
          responses: responses.map((text) => encoder.encode(text)),
        };
      }, read());
      const report = await reportOf(opened);
      for (const size of sizes) {
        await opened.setViewportSize({ width: size.width, height: size.height ?? HEIGHT });
        await opened.evaluate(({ width, height }) => {
          const { style } = document.querySelector('div');
          style.width = `${width}px`;
          style.height = height === undefined ? '' : `${height}px`;
          document.querySelector('inference-triage').toggleAttribute('fill', height !== undefined);
        }, size);
        await fold(opened, size.opens === true);
        await untilStill(opened);
        const faults = await opened.evaluate(
          `(${faultsOf})(document.querySelector('inference-triage'))`,
        );
        yield {
          ...{ size, report, faults: [...faults, ...errors.splice(0)] },
          picture: () => opened.screenshot({ fullPage: true }),
        };
      }
    } finally {
      await opened.close();
    }
  }
  return {
    browser,
    draw,
    async stop() {
      await server.stop();
      await browser.stop();
    },
  };
}
