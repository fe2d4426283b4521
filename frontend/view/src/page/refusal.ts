// What is shown when the drawing code itself cannot start. Built without any library, since the
// library was refused.

import type { ViewState } from '../contract.js';

/** Explains the failure in the root element, keeping the verdict readable when there is one. */
export function showRefusal(root: HTMLElement, failure: unknown, state: ViewState): void {
  const { reason, cure } = explanation(failure);
  const card = element(root, 'section', 'card');
  card.dataset['severity'] = 'warning';
  const text = element(root, 'div', 'card-text');
  text.append(element(root, 'h2', 'headline', 'This page does not let the panel be drawn'));
  text.append(element(root, 'p', '', reason), element(root, 'p', 'cure', cure));
  if (state.kind === 'ready') {
    text.append(
      element(
        root,
        'p',
        'refused-verdict',
        `The diagnosis itself: ${state.report.verdict.sentence}`,
      ),
    );
  }
  card.append(text);
  root.replaceChildren(card);
}

function explanation(failure: unknown): { reason: string; cure: string } {
  const message = failure instanceof Error ? failure.message : String(failure);
  if (failure instanceof TypeError && /policy|trusted/i.test(message)) {
    return {
      reason:
        'Its Trusted Types policy refuses the policy named “lit-html”, which draws this panel.',
      cure: 'Allow it in the page’s Content-Security-Policy: trusted-types lit-html',
    };
  }
  return {
    reason: `The drawing code could not be loaded: ${message}`,
    cure: 'Reload the page. If that does not help, check that the page may load all files of this panel.',
  };
}

function element(root: HTMLElement, tag: string, kind: string, text = ''): HTMLElement {
  const made = root.ownerDocument.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}
