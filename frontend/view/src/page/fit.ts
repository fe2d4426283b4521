// What is left out so that what a low container shows is whole.

import type { SizeClass } from '../contract.js';

/**
 * What goes first where there is not room for everything, by layout. Style sheets hide what
 * `data-without` names; what is hidden in `brief` is behind one of its buttons.
 */
const LEAVES_OUT: Partial<Record<SizeClass, readonly string[]>> = {
  tile: ['sentence', 'target', 'words', 'number'],
  line: ['large-type', 'about', 'more-impact', 'more-objectives', 'middle-type', 'impact'],
  brief: [
    'share',
    'slim',
    'phase-head',
    'large-type',
    'more-impact',
    'about',
    'more-objectives',
    'phases',
  ],
};

/**
 * Marks the root with what does not fit; false where not even the rest does. Everything fits where
 * the content decides the height.
 */
export function fit(root: HTMLElement, size: SizeClass, height: number | undefined): boolean {
  const glance = root.querySelector<HTMLElement>('.glance');
  let without: string[] = [];
  const fitsWithout = (parts: string[]): boolean => {
    root.dataset['without'] = parts.join(' ');
    if (!glance || height === undefined) return true;
    return glance.scrollHeight <= height && glance.scrollWidth <= glance.clientWidth;
  };
  for (const part of LEAVES_OUT[size] ?? []) {
    if (fitsWithout(without)) break;
    without.push(part);
  }
  if (!fitsWithout(without)) return false;
  // What was left out may have saved no line.
  for (const part of [...without].reverse()) {
    const less = without.filter((other) => other !== part);
    if (fitsWithout(less)) without = less;
  }
  root.dataset['without'] = without.join(' ');
  return true;
}
