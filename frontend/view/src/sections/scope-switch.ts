// One entry per model and engine in the data, the worst first; choosing one shows its report.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Scene } from '../scene.js';
import { severityIcon } from '../theme/icons.js';
import { clip } from '../words/clip.js';
import { formatPlural } from '../words/format.js';
import { SEVERITY_WORD, phrase } from '../words/words.js';

/** Nothing when the data hold one scope. */
export function scopeSwitch({ report, services }: Scene): TemplateResult | typeof nothing {
  const { scopes } = report;
  if (scopes.length < 2) return nothing;
  return html`<nav class="scopes" aria-label="Models and engines">
    <ul>
      ${scopes.map(
        (scope) =>
          html`<li>
            <button
              type="button"
              class="chip"
              aria-pressed=${scope.id === report.scope}
              @click=${(): void => services.changeScope(scope.id)}
            >
              ${severityIcon(scope.severity)}<span class="visually-hidden"
                >${SEVERITY_WORD[scope.severity]}:
              </span>
              ${clip(scope.model || scope.engine.profile)}<span class="quiet"
                >${formatPlural(scope.replicas.length, 'replica')} ·
                ${phrase(scope.verdict_id)}</span
              >
            </button>
          </li>`,
      )}
    </ul>
  </nav>`;
}
