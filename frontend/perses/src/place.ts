// What a browser forgets about an element that is taken off the page and put back: where it was
// scrolled to, and the focus.

/** The scroll positions and the focus below an element, its open shadow roots included. */
export interface Place {
  restore(): void;
}

export function placeOf(element: HTMLElement): Place {
  const scrolled: { node: Element; top: number }[] = [];
  let focused: HTMLElement | undefined;
  for (const node of elementsBelow(element)) {
    if (node.scrollTop > 0) scrolled.push({ node, top: node.scrollTop });
    const root = node.getRootNode() as Document | ShadowRoot;
    if (root.activeElement === node && node.shadowRoot === null && node instanceof HTMLElement)
      focused = node;
  }
  return {
    restore() {
      for (const { node, top } of scrolled) node.scrollTop = top;
      focused?.focus({ preventScroll: true });
    },
  };
}

function* elementsBelow(root: Element | ShadowRoot): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* elementsBelow(element.shadowRoot);
  }
}
