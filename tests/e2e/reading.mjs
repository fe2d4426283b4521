// What a reader can see of a page, shadow roots included.

import { eventually } from '../eventually.mjs';

/** Everything a reader of the element sees; `element` is a locator. */
export async function textOf(element) {
  if ((await element.count()) === 0) return '(there is no such element)';
  return element.first().evaluate((top) => {
    const hidden = new Set(['STYLE', 'SCRIPT', 'TEMPLATE']);
    const collect = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      if (
        node.nodeType === Node.ELEMENT_NODE &&
        (hidden.has(node.tagName) || !node.checkVisibility())
      )
        return '';
      return [...(node.shadowRoot ?? node).childNodes].map(collect).join(' ');
    };
    return collect(top).replace(/\s+/g, ' ').trim();
  });
}

/** What a reader needs first: verdict, impact, the first action with its button, and both bars. */
const FIRST = ['.headline', '.impact', '.do-first .copy', '.bar-before', '.bar-now'];

/** Which of that is not whole within the upper `height` pixels of the page. */
export async function belowTheFold(element, height) {
  const below = [];
  for (const selector of FIRST) {
    const box = await element.locator(selector).first().boundingBox();
    if (!box || box.y < 0 || box.y + box.height > height) below.push([selector, box]);
  }
  return below;
}

/** A sentence as it also stands inside a longer one. */
export const withoutFullStop = (sentence) => sentence.replace(/\.$/, '');

/** Whether a text holds what is looked for: a pattern, or a text that stands in it as it is. */
const holds = (text, wanted) =>
  typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);

/** Waits until the reader of the element sees a pattern or a text, and returns all there is. */
export async function untilShown(element, wanted) {
  let text = '';
  const look = async () => {
    text = await textOf(element);
    return holds(text, wanted) && text;
  };
  return eventually(`${wanted} is shown`, look, { shown: () => text });
}

/**
 * Waits until the reader of the element no longer sees a pattern or a text. A page draws in its own
 * time, and what it tells screen readers it changes only once it has come to rest.
 */
export async function untilGone(element, unwanted) {
  let text = '';
  const look = async () => {
    text = await textOf(element);
    return !holds(text, unwanted);
  };
  await eventually(`${unwanted} is gone`, look, { shown: () => text });
}
