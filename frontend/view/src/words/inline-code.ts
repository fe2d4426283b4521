// Flags and names inside a sentence, set as code.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import { glued } from './units.js';

/** A command-line flag with its value, or anything between backticks. */
const CODE = /(`[^`]+`|(?<=^|[\s(])--[a-z][\w-]*(?:=[\w./:"'-]*\w)?)/;

/** The sentence with its flags as `<code>`; everything else stays text. */
export function withCode(sentence: string): (string | TemplateResult)[] {
  return sentence
    .split(CODE)
    .map((piece, index) =>
      index % 2 === 1
        ? html`<code class="inline">${piece.replaceAll('`', '')}</code>`
        : glued(piece),
    );
}
