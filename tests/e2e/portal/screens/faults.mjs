// What a machine sees wrong with a picture of the view. Runs in the page; no imports.

/**
 * Sentences, none for a good picture: text cut off, texts over each other, a part without content,
 * something that scrolls sideways. `host` is the element of the page.
 */
export function faultsOf(host) {
  /** Pixels that rounding and the room below a letter's line may take. */
  const SLACK = 2;
  const roots = [];
  const inside = (node) => {
    if (node.shadowRoot) roots.push(node.shadowRoot);
    for (const child of (node.shadowRoot ?? node).children) inside(child);
  };
  inside(host);
  const all = roots.flatMap((shadow) => [...shadow.querySelectorAll('*')]);
  const parentOf = (node) => node.parentElement ?? node.getRootNode().host;
  const isSeen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !element.closest('.visually-hidden, [popover]:not(:popover-open), style, title, template');
  const named = (element) => {
    const { tagName } = element;
    const name = element.getAttribute('class');
    return name ? `${tagName.toLowerCase()}.${name.trim().replace(/\s+/g, '.')}` : tagName;
  };
  const short = (text) => JSON.stringify(text.replace(/\s+/g, ' ').trim().slice(0, 60));

  /** A wide table scrolls by itself, and by keys. */
  const isScroller = (element) => element.matches('[role="region"][tabindex="0"]');

  /** Screen readers alone get what is drawn into a box of a pixel, or clipped from all sides. */
  const isUnseen = ({ width, height }, { clipPath }) =>
    Math.min(width, height) <= 1 || clipPath === 'inset(50%)';

  /** How much of a box those around it leave, and which of them takes away how. */
  function clip(element, box) {
    let { left, top, right, bottom } = box;
    const takers = [];
    const isFixed = (at) => getComputedStyle(at).position === 'fixed';
    for (let at = element; at && !isFixed(at); at = parentOf(at)) {
      const style = getComputedStyle(at);
      const { overflowX, overflowY, textOverflow } = style;
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      const around = at.getBoundingClientRect();
      if (isUnseen(around, style)) return undefined;
      const before = [left, top, right, bottom];
      if (overflowX !== 'visible') {
        left = Math.max(left, around.left);
        right = Math.min(right, around.right);
      }
      if (overflowY !== 'visible') {
        top = Math.max(top, around.top);
        bottom = Math.min(bottom, around.bottom);
      }
      const sideways = before[0] < left - SLACK || before[2] > right + SLACK;
      const upright = before[1] < top - SLACK || before[3] > bottom + SLACK;
      if (sideways || upright)
        takers.push({
          ...{ at, sideways, textOverflow, scrolls: /auto|scroll/.test(overflowY) },
          isTable: isScroller(at),
        });
    }
    return { left, top, right, bottom, takers };
  }

  /** Whether a reader can get at a text that an ellipsis shortens: it, or what it is, says it. */
  const isTold = (element, cutter) => {
    const teller = element.closest('[title], [data-tip], [role="slider"]');
    return teller !== null && (teller.contains(cutter) || cutter.contains(teller));
  };

  const texts = all.filter(isSeen).flatMap((element) =>
    [...element.childNodes]
      .filter(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '')
      .flatMap((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()]
          .filter(({ width, height }) => width > 1 && height > 1)
          .map((box) => ({ node, element, text: node.data, ...clip(element, box) }))
          .filter(({ takers }) => takers !== undefined);
      }),
  );

  const isLow = all.some((element) => element.matches('[data-size="tile"], [data-size="line"]'));
  const cut = texts.flatMap(({ element, text, takers }) =>
    takers
      .filter(({ isTable }) => !isTable)
      .filter(({ sideways, scrolls }) => sideways || !scrolls || isLow)
      .filter(({ at, textOverflow }) => !(textOverflow === 'ellipsis' && isTold(element, at)))
      .map(({ at }) => `cut: ${short(text)} of ${named(element)} by ${named(at)}`),
  );

  const shown = texts
    .map(({ top, bottom, ...rest }) => {
      // Lines stand closer than their letters are high.
      const spare = (bottom - top) * 0.2;
      return { ...rest, top: top + spare, bottom: bottom - spare };
    })
    .filter(({ left, right, top, bottom }) => right - left > SLACK && bottom - top > SLACK)
    .sort((one, other) => one.top - other.top);
  const overlaps = [];
  for (const [index, one] of shown.entries()) {
    for (let at = index + 1; at < shown.length && shown[at].top < one.bottom; at += 1) {
      const other = shown[at];
      if (other.node === one.node) continue;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - other.top;
      if (width > SLACK && height > SLACK)
        overlaps.push(`overlap: ${short(one.text)} and ${short(other.text)}`);
    }
  }

  const draws = (element) => {
    const seen = [element, ...element.querySelectorAll('*')].filter(isSeen);
    const isTitle = (part) =>
      part.closest('h2, h3, h4, caption, thead, figcaption, details[open] > summary');
    return seen.some(
      (part) =>
        part.matches('canvas, svg, img, .run, button, a') ||
        (!isTitle(part) &&
          [...part.childNodes].some(
            ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '',
          )),
    );
  };
  const parts = 'section, figure, table, tbody, ul, ol, dl, details[open], .block';
  const empty = all
    .filter((element) => element.matches(parts) && isSeen(element) && !draws(element))
    .map((element) => `empty: ${named(element)}`);

  const sideways = [document.scrollingElement, ...all]
    .filter(
      (element) =>
        element.checkVisibility() &&
        !isScroller(element) &&
        element.scrollWidth > element.clientWidth + 1 &&
        (element === document.scrollingElement ||
          /auto|scroll/.test(getComputedStyle(element).overflowX)),
    )
    .map((element) => `scrolls sideways: ${named(element)}`);

  return [...new Set([...cut, ...overlaps, ...empty, ...sideways])];
}
