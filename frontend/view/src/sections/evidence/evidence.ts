// Why this verdict, what is ruled out, what is still possible, and what was not measured.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Evidence, Finding, Report } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { crossIcon, dashIcon, tickIcon } from '../../theme/icons.js';
import { formatPlural } from '../../words/format.js';
import { number } from '../../words/number.js';
import { evidenceTip } from '../../words/sources.js';
import { readable, signalTitle } from '../../words/words.js';
import { candidates, flips } from './alternatives.js';
import { ledger } from './ledger.js';

/** The finding behind the verdict. */
export function primaryFinding(report: Report): Finding | undefined {
  return report.findings.find((finding) => finding.id === report.verdict.id);
}

/** The numbers that speak for the verdict, then those that speak against it. */
export function why(scene: Scene): TemplateResult {
  const finding = primaryFinding(scene.report);
  const supporting = finding?.evidence.filter((entry) => entry.supports) ?? [];
  const opposing = finding?.evidence.filter((entry) => !entry.supports) ?? [];
  return html`<section class="column why" data-tips aria-labelledby="it-why">
    <h3 id="it-why">Why</h3>
    ${
      supporting.length === 0
        ? html`<p class="quiet">${finding?.reason ?? 'The report gives no single reason.'}</p>`
        : html`<ul class="points">
            ${supporting.map((entry) => point(scene, entry))}
          </ul>`
    }
    ${
      opposing.length === 0
        ? nothing
        : html`<h4>Against it</h4>
            <ul class="points">
              ${opposing.map((entry) => point(scene, entry))}
            </ul>`
    }
    ${ledger(scene)}
  </section>`;
}

function point(scene: Scene, evidence: Evidence): TemplateResult {
  return html`<li class=${evidence.supports ? 'for' : 'against'}>
    ${evidence.supports ? tickIcon() : crossIcon()}
    <span>${number(evidence.text, evidenceTip(scene, evidence), 'sentence')}</span>
  </li>`;
}

/**
 * The neighbouring diagnoses with what excludes each, those that are still possible, and the
 * signals that were missing.
 */
export function ruledOut(scene: Scene): TemplateResult {
  const { report } = scene;
  const finding = primaryFinding(report);
  const excluded = finding?.rules_out ?? [];
  const missing = finding?.missing ?? [];
  return html`<section class="column not" aria-labelledby="it-not">
    <h3 id="it-not">Ruled out</h3>
    ${
      excluded.length === 0
        ? html`<p class="quiet">${unexcluded(report)}</p>`
        : html`<ul class="points">
            ${excluded.map(
              ({ id, because }) =>
                html`<li>
                  ${crossIcon()}<span><b>${readable(id)}:</b> ${because}</span>
                </li>`,
            )}
          </ul>`
    }
    ${candidates(scene)} ${flips(scene)}
    ${
      missing.length === 0
        ? nothing
        : html`<h4>Not measured</h4>
            <ul class="points">
              <li>
                ${dashIcon()}<span>${missing.map((name) => signalTitle(name)).join(' · ')}</span>
              </li>
            </ul>`
    }
  </section>`;
}

function unexcluded({ verdict, findings }: Report): string {
  if (verdict.state !== 'clear') return 'Nothing yet.';
  const clear = findings.filter(({ id, state }) => id !== verdict.id && state === 'clear').length;
  return `${formatPlural(clear, 'other check')} passed; each is under “Other checks” with its reason.`;
}
