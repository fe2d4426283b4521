// What to do first, with the text to copy and what it saves; the other steps, and what not to do.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Action, ActionId, ActionStep, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { copyButton, copyLine } from '../../words/copy-button.js';
import { formatPlural, formatSeconds } from '../../words/format.js';
import { withCode } from '../../words/inline-code.js';
import { explain, number } from '../../words/number.js';
import { actionName, inSentence, phrase } from '../../words/words.js';
import { linkList } from '../evidence/links.js';

/** A longer text to copy would push everything else down; its button is enough. */
const MOST_CHARACTERS = 40;

/** Nothing where there is nothing to do. */
export function doFirst(scene: Scene): TemplateResult | typeof nothing {
  const { verdict } = scene.report;
  const links = linkList(scene);
  if (!verdict.action && verdict.state === 'clear' && links === nothing) return nothing;
  const label = verdict.action ? 'Do first' : verdict.state === 'clear' ? 'Go on' : 'Do';
  return html`<div class="do" data-tips>
    <h3 class="do-label">${label}</h3>
    <div class="do-body">
      ${verdict.action ? action(scene, verdict.action) : idle(scene.report)} ${links}
    </div>
  </div>`;
}

function idle({ verdict }: Report): TemplateResult | typeof nothing {
  if (verdict.state === 'clear') return nothing;
  return html`<p class="do-first">
    <b>No change recommended yet.</b> ${withCode(verdict.detail)}
  </p>`;
}

function action(scene: Scene, { steps, sentence, effect, ...rest }: Action): TemplateResult {
  const { services } = scene;
  const isBrief = scene.size === 'brief';
  const expected = effect ? html`<p class="effect">→ ${withCode(effect)}</p>` : nothing;
  const [first = { sentence }, ...others] = steps;
  const more = formatPlural(others.length, 'more step');
  const check = others.filter((step) => step.copy !== undefined).at(-1);
  return html`<div class="do-first">
      <span class="do-sentence">${withCode(first.sentence)}</span>
      ${first.copy === undefined ? nothing : shortCopy(scene, first)} ${saving(scene, rest.id)}
    </div>
    ${isBrief ? nothing : expected}
    <div class="do-more">
      ${
        check?.copy === undefined
          ? nothing
          : html`<span class="do-check"
              >then check: ${copyButton(services, check.copy, check.copy_kind)}</span
            >`
      }
      ${
        others.length === 0
          ? nothing
          : html`<details class="more-steps">
              <summary>${isBrief ? `${more}, and what not to do` : more}</summary>
              ${isBrief ? expected : nothing}
              <ol class="steps">
                ${others.map((step) => item(scene, step))}
              </ol>
              ${isBrief ? avoided(rest) : nothing}
            </details>`
      }
    </div>
    ${isBrief ? nothing : avoided(rest)}`;
}

function shortCopy(
  { services }: Scene,
  { copy = '', copy_kind: kind }: ActionStep,
): TemplateResult {
  return copy.length <= MOST_CHARACTERS
    ? html`<span class="copy-chip"><code>${copy}</code>${copyButton(services, copy, kind)}</span>`
    : copyButton(services, copy, kind);
}

function item({ services }: Scene, step: ActionStep): TemplateResult {
  const { sentence, copy, copy_kind: kind } = step;
  return html`<li>
    <span>${withCode(sentence)}</span>
    ${copy === undefined ? nothing : copyLine(services, copy, kind)}
  </li>`;
}

/** Looking at something or mending the telemetry makes no request faster. */
const SAVES_NOTHING: readonly ActionId[] = [
  'repair-telemetry',
  'inspect-device',
  'inspect-replica',
  'inspect-front-end',
  'inspect-errors',
];

/** Below this share of the mean request a saving is not worth a word. */
const NEGLIGIBLE_SHARE = 0.01;

function saving(scene: Scene, id: ActionId): TemplateResult | typeof nothing {
  const { verdict, phases } = scene.report;
  const { explained, impact } = verdict;
  if (explained === undefined || impact.excess_seconds === undefined || !phases) return nothing;
  const seconds = explained * impact.excess_seconds;
  if (SAVES_NOTHING.includes(id) || seconds < NEGLIGIBLE_SHARE * phases.mean_e2e) return nothing;
  const tip = explain(
    `What the mean request loses to the ${phrase(verdict.id)}: time beyond what it was and what it may be.`,
    'An estimate of what goes away with it.',
  );
  const text = `saves ≈ ${formatSeconds(seconds)} of ${formatSeconds(phases.mean_e2e)}`;
  return html`<span class="saving">${number(text, tip)}</span>`;
}

/** What looks right and is not: names where there is little room, else each with its reason. */
function avoided({
  avoid,
  avoid_because: because,
}: Pick<Action, 'avoid' | 'avoid_because'>): TemplateResult | typeof nothing {
  if (avoid.length === 0) return nothing;
  const reason = (index: number): string =>
    inSentence((because[index] ?? '').replace(/^Don't scale out first: /, '').replace(/\.$/, ''));
  return html`<ul class="facts avoid" aria-label="Do not">
    ${avoid.map(
      (id, index) =>
        html`<li>
          <b>Don’t</b> ${actionName(id)}${
            reason(index) ? html` <span class="quiet">(${withCode(reason(index))})</span>` : nothing
          }
        </li>`,
    )}
  </ul>`;
}
