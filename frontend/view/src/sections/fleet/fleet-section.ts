// The table of replicas. Of many only those in sight are drawn.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { Fleet, FleetRow, Grouping, ReplicaVerdict } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { flagIcon } from '../../theme/icons.js';
import { DEVIATION_TITLE, GROUPING_MEANING } from '../../words/catalogue.generated.js';
import { copyButton } from '../../words/copy-button.js';
import { formatPlural, formatShare } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { timeSpan, windowWords } from '../../words/times.js';
import { readable, sentence } from '../../words/words.js';
import type { FleetColumn } from './fleet-columns.js';
import { fleetMarkdown } from './fleet-markdown.js';
import type { FleetChoice, FleetLine } from './fleet-order.js';

/** Height of a line, CSS pixels, as the style sheet has it: the room of those out of sight. */
export const LINE_HEIGHT = 28;

/** Lines that stand in the page; of more the table scrolls by itself. */
export const MOST_LINES = 40;

/** What the table is drawn from. */
export interface FleetView {
  fleet: Fleet;
  choice: FleetChoice;
  /** Every line that there is. */
  lines: readonly FleetLine[];
  /** The lines in sight, by their numbers. */
  from: number;
  to: number;
  verdicts: ReadonlyMap<string, ReplicaVerdict>;
  /** Columns that any replica has a value of. */
  columns: readonly FleetColumn[];
  choose(choice: Partial<FleetChoice>): void;
  scroll(event: Event): void;
}

/** The section. */
export function fleetSection(scene: Scene, view: FleetView): TemplateResult {
  const { fleet, lines } = view;
  const { replica } = scene.ready;
  return html`<section class="block fleet" aria-labelledby="it-fleet">
    <div class="block-head">
      <h3 id="it-fleet">Replicas</h3>
      <p class="block-sub">
        ${formatPlural(fleet.rows.length, 'replica')}, ${timeSpan(scene, scene.report.window)}
      </p>
      <span class="block-note"
        >${copyButton(scene.services, () => fleetMarkdown(view), 'as Markdown')}</span
      >
    </div>
    <p class="fleet-sentence">${fleet.sentence}</p>
    ${controls(view)} ${replica === undefined ? nothing : alone(scene, replica)}
    <div
      class="fleet-scroll"
      data-long=${lines.length > MOST_LINES}
      role="region"
      aria-label="Table of replicas"
      tabindex="0"
      @scroll=${view.scroll}
    >
      <table data-tips aria-rowcount=${lines.length + 1} .style=${`--most:${largestShare(fleet)}`}>
        <caption class="visually-hidden">
          Replicas beside each other, those that stand out first. Each number explains itself when
          focused; the arrow keys move between numbers.
        </caption>
        <thead>
          <tr>
            ${head(view, 'replica', 'replica', 'Its pod or address, and its rank.')}
            <th scope="col" class="fleet-out">stands out</th>
            ${view.columns.map(({ id, title, meaning }) => head(view, id, title, meaning))}
          </tr>
        </thead>
        <tbody>
          ${gap(view, view.from)}
          ${lines
            .slice(view.from, view.to)
            .map((line, index) =>
              line.kind === 'row'
                ? replicaRow(scene, view, line.row, view.from + index)
                : groupRow(view, line),
            )}
          ${gap(view, lines.length - view.to)}
        </tbody>
      </table>
    </div>
    ${
      lines.length === 0
        ? html`<p class="quiet" role="status">No replica has “${view.choice.find}” in its name.</p>`
        : nothing
    }
  </section>`;
}

/** What the bars of the load are drawn against: of a thousand replicas each has little. */
function largestShare({ rows }: Fleet): number {
  const largest = rows.reduce((most, { figures }) => Math.max(most, figures.arrival_share ?? 0), 0);
  return largest > 0 ? largest : 1;
}

/** The room of the lines that are out of sight. */
function gap({ columns }: FleetView, lines: number): TemplateResult | typeof nothing {
  if (lines <= 0) return nothing;
  return html`<tr class="fleet-gap" aria-hidden="true">
    <td colspan=${columns.length + 2} .style=${`height:${lines * LINE_HEIGHT}px`}></td>
  </tr>`;
}

function controls(view: FleetView): TemplateResult | typeof nothing {
  const { fleet, choice, choose } = view;
  const isMany = fleet.rows.length > 8;
  if (!isMany && fleet.groupings.length === 0) return nothing;
  return html`<div class="fleet-controls">
    ${
      isMany
        ? html`<label
            >Find
            <input
              type="search"
              placeholder="part of a name"
              .value=${choice.find}
              @input=${(event: Event): void =>
                choose({ find: (event.currentTarget as HTMLInputElement).value })}
            />
          </label>`
        : nothing
    }
    ${
      fleet.groupings.length > 0
        ? html`<label
            >Group by
            <select
              @change=${(event: Event): void => {
                const { value } = event.currentTarget as HTMLSelectElement;
                choose({ grouping: value === '' ? undefined : (value as Grouping) });
              }}
            >
              <option value="" ?selected=${choice.grouping === undefined}>nothing</option>
              ${fleet.groupings.map(
                (grouping) =>
                  html`<option
                    value=${grouping}
                    title=${GROUPING_MEANING[grouping]}
                    ?selected=${choice.grouping === grouping}
                  >
                    ${grouping.replace('_', ' ')}
                  </option>`,
              )}
            </select>
          </label>`
        : nothing
    }
    ${
      choice.sort === undefined
        ? nothing
        : html`<button
            type="button"
            class="small"
            @click=${(): void => choose({ sort: undefined, isAscending: false })}
          >
            Those that stand out first
          </button>`
    }
  </div>`;
}

/** Everything above is about one replica; the way back stands where one came from. */
function alone(scene: Scene, replica: string): TemplateResult {
  const { changeReplica } = scene.services;
  return html`<p class="fleet-alone">
    The diagnosis is of ${replica} alone.
    ${
      changeReplica
        ? html`<button type="button" class="small" @click=${(): void => changeReplica(undefined)}>
            All replicas
          </button>`
        : nothing
    }
  </p>`;
}

function head(view: FleetView, id: string, title: string, meaning: string): TemplateResult {
  const { choice, choose } = view;
  const isSorted = choice.sort === id;
  const sorted = choice.isAscending ? 'ascending' : 'descending';
  const sort = (): void =>
    choose({ sort: id, isAscending: isSorted ? !choice.isAscending : id === 'replica' });
  return html`<th scope="col" class="fleet-${id}" aria-sort=${isSorted ? sorted : 'none'}>
    <button type="button" class="fleet-sort" title="${meaning} Sorts by it." @click=${sort}>
      ${title}<span aria-hidden="true">${isSorted ? (choice.isAscending ? ' ↑' : ' ↓') : ''}</span>
    </button>
  </th>`;
}

function groupRow({ columns }: FleetView, line: FleetLine & { kind: 'group' }): TemplateResult {
  const { name, rows } = line;
  const sum = (figure: 'arrival_share' | 'waiting'): number =>
    rows.reduce((all, row) => all + (row.figures[figure] ?? 0), 0);
  const outside = rows.filter(({ deviation }) => deviation).length;
  return html`<tr class="fleet-group">
    <th scope="rowgroup" colspan=${columns.length + 2}>
      ${name}
      <span class="quiet">
        ${formatPlural(rows.length, 'replica')} · ${formatShare(sum('arrival_share'))} of the load ·
        ${formatPlural(Math.round(sum('waiting')), 'waits', 'wait')}
        ${outside > 0 ? html` · ${formatPlural(outside, 'stands out', 'stand out')}` : nothing}
      </span>
    </th>
  </tr>`;
}

function replicaRow(scene: Scene, view: FleetView, row: FleetRow, index: number): TemplateResult {
  const verdict = view.verdicts.get(row.replica);
  const window = windowWords(scene);
  const isChosen = scene.ready.replica === row.replica;
  return html`<tr class=${isChosen ? 'chosen' : ''} aria-rowindex=${index + 2}>
    <th scope="row" class="fleet-replica">${name(scene, row, isChosen)}</th>
    <td class="fleet-out">${standsOut(row, window)}</td>
    ${view.columns.map(
      (column) =>
        html`<td class="fleet-${column.id}">${column.cell({ row, verdict, window })}</td>`,
    )}
  </tr>`;
}

function name(scene: Scene, row: FleetRow, isChosen: boolean): TemplateResult {
  const { changeReplica } = scene.services;
  const groups = Object.entries(row.groups).map(([key, value]) => `${readable(key)}: ${value}`);
  const title = [row.replica, ...groups].join('\n');
  if (!changeReplica) return html`<span class="fleet-name" title=${title}>${row.replica}</span>`;
  return html`<button
    type="button"
    class="fleet-name"
    title="${title}
Diagnoses this replica alone."
    aria-pressed=${isChosen}
    @click=${(): void => changeReplica(isChosen ? undefined : row.replica)}
  >
    ${row.replica}
  </button>`;
}

function standsOut({ deviation, is_named: isNamed }: FleetRow, window: string): TemplateResult {
  if (!deviation)
    return isNamed
      ? html`<span class="fleet-mark">${flagIcon()} the verdict names it</span>`
      : html`<span class="absent" aria-label="no">–</span>`;
  const tip = explain(
    sentence(deviation.text),
    isNamed && 'The verdict is about this replica.',
    window,
  );
  return html`<span class="fleet-mark"
    >${flagIcon()} ${number(DEVIATION_TITLE[deviation.kind], tip)}</span
  >`;
}
