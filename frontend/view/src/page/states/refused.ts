// WebAssembly is refused: the reason, and the one line that cures it.

import type { TemplateResult } from 'lit-html';

import type { HostServices, ViewState } from '../../contract.js';
import { copyLine } from '../../words/copy-button.js';
import { sentence } from '../../words/words.js';
import { card } from './card.js';
import type { Card } from './card.js';

type Refused = Extract<ViewState, { kind: 'refused' }>;

/** A card with the cure as text to copy. */
export function refused({ reason, cure }: Refused, services: HostServices): TemplateResult {
  return card({
    severity: 'warning',
    title: 'This page does not let the diagnosis run',
    message: sentence(reason),
    ...cureOf(cure, services),
  });
}

/** What follows the last colon of a cure is the line itself, worth copying. */
function cureOf(cure: string, services: HostServices): Pick<Card, 'cure' | 'more'> {
  const at = cure.lastIndexOf(': ');
  if (at < 0) return { cure: sentence(cure) };
  return { cure: sentence(cure.slice(0, at + 1)), more: copyLine(services, cure.slice(at + 2)) };
}
