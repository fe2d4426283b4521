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

/** Waits until the reader of the element sees text that matches, and returns all of it. */
export async function untilShown(element, pattern) {
  let text = '';
  const look = async () => {
    text = await textOf(element);
    return pattern.test(text) && text;
  };
  return eventually(`${pattern} is shown`, look, { shown: () => text });
}
