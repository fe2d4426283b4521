// The columns of the table of replicas: what each shows, how it is sorted, what it explains.

import { html } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { FleetFigure, FleetRow, ReplicaVerdict } from '../../report-types.js';
import { severityIcon } from '../../theme/icons.js';
import { FIGURE_MEANING } from '../../words/catalogue.generated.js';
import { formatCount, formatSeconds, formatShare } from '../../words/format.js';
import { explain, number } from '../../words/number.js';
import { SEVERITY_WORD, phrase } from '../../words/words.js';

/** What a cell may say. */
export interface RowContext {
  row: FleetRow;
  /** Undefined while it is judged. */
  verdict: ReplicaVerdict | undefined;
  /** When the figures were measured. */
  window: string;
}

/** One column. */
export interface FleetColumn {
  id: string;
  /** Words of its head. */
  title: string;
  /** What its head explains. */
  meaning: string;
  /** What it is sorted by, the largest first; absent values come last. */
  sortBy(context: RowContext): number | undefined;
  cell(context: RowContext): TemplateResult;
  /** The cell as text, for a copy. */
  text(context: RowContext): string;
}

const ABSENT = '–';

const SEVERITY_ORDER = ['ok', 'info', 'unknown', 'warning', 'critical'] as const;

const VERDICT: FleetColumn = {
  id: 'verdict',
  title: 'by itself',
  meaning: 'What a diagnosis of this replica alone says, against its own history.',
  sortBy: ({ verdict }) => verdict && SEVERITY_ORDER.indexOf(verdict.severity),
  cell: ({ verdict, window }) => {
    if (!verdict) return html`<span class="quiet" aria-label="being judged">…</span>`;
    const tip = explain(verdict.sentence, window);
    return html`<span class="fleet-judged"
      >${severityIcon(verdict.severity)}<span class="visually-hidden"
        >${SEVERITY_WORD[verdict.severity]}: </span
      >${number(phrase(verdict.id), tip)}</span
    >`;
  },
  text: ({ verdict }) => (verdict ? phrase(verdict.id) : ABSENT),
};

const SLOWNESS: FleetColumn = {
  id: 'slowness',
  title: 'at equal load',
  meaning:
    'Its time of a step by that of its peers, had they its load: 1 is as fast, 2 takes twice as long. An interval, because the peers’ load differs.',
  sortBy: ({ row }) => row.figures.slowness_least,
  cell: ({ row, window }) => {
    const words = slowness(row);
    const tip = explain('Factor against its peers with its load.', window);
    return words === undefined ? absent() : number(`×\u00a0${words}`, tip);
  },
  text: ({ row }) => slowness(row) ?? ABSENT,
};

/** Every column of figures, in reading order. */
export const FLEET_COLUMNS: readonly FleetColumn[] = [
  VERDICT,
  shareOf('arrival_share', 'load', 'arrivals', 'requests'),
  ofTwo('running', 'running', 'running_most', 'slots'),
  ofTwo('waiting', 'waiting', 'waiting_most'),
  shareOf('kv_usage', 'KV cache', 'kv_capacity', 'tokens'),
  seconds('ttft', 'TTFT'),
  seconds('itl', 'ITL'),
  SLOWNESS,
  simple('prefix_hit_ratio', 'prefix hits', formatShare),
  simple('failed', 'failed', formatCount),
  simple('starts', 'starts', formatCount),
];

function slowness({ figures }: FleetRow): string | undefined {
  const { slowness_least: least, slowness_most: most } = figures;
  if (least === undefined || most === undefined) return undefined;
  const [low, high] = [formatCount(least), formatCount(most)];
  return low === high ? low : `${low}–${high}`;
}

function absent(): TemplateResult {
  return html`<span class="absent" aria-label="not known">${ABSENT}</span>`;
}

function simple(
  figure: FleetFigure,
  title: string,
  format: (value: number) => string,
): FleetColumn {
  const meaning = FIGURE_MEANING[figure];
  return {
    id: figure,
    title,
    meaning,
    sortBy: ({ row }) => row.figures[figure],
    cell: ({ row, window }) => {
      const value = row.figures[figure];
      return value === undefined ? absent() : number(format(value), explain(meaning, window));
    },
    text: ({ row }) => {
      const value = row.figures[figure];
      return value === undefined ? ABSENT : format(value);
    },
  };
}

function seconds(figure: FleetFigure, title: string): FleetColumn {
  return simple(figure, title, (value) => formatSeconds(value));
}

/** A share as a bar and a number, with a count behind it. */
function shareOf(
  figure: FleetFigure,
  title: string,
  behind: FleetFigure,
  unit: string,
): FleetColumn {
  const plain = simple(figure, title, formatShare);
  return {
    ...plain,
    cell: ({ row, window }) => {
      const share = row.figures[figure];
      if (share === undefined) return absent();
      const count = row.figures[behind];
      const more =
        count !== undefined &&
        `${FIGURE_MEANING[behind]} ${formatCount(Math.round(count))} ${unit}.`;
      const tip = explain(plain.meaning, more, window);
      return html`<span class="fleet-bar" .style=${`--share:${Math.min(1, share)}`}
        >${number(formatShare(share), tip)}</span
      >`;
    },
  };
}

/** A mean with its largest sample, and the limit where there is one: `6.2 · 8 of 8`. */
function ofTwo(
  figure: FleetFigure,
  title: string,
  most: FleetFigure,
  limit?: FleetFigure,
): FleetColumn {
  const words = ({ figures }: FleetRow): string | undefined => {
    const [mean, largest] = [figures[figure], figures[most]];
    if (mean === undefined || largest === undefined) return undefined;
    const slots = limit && figures[limit];
    const of = slots === undefined ? '' : ` of ${formatCount(slots)}`;
    return mean === largest && of === ''
      ? formatCount(mean)
      : `${formatCount(mean)} · ${formatCount(largest)}${of}`;
  };
  return {
    id: figure,
    title,
    meaning: `${FIGURE_MEANING[figure]} Behind the point the largest sample${limit ? ', of the slots where a cap is known' : ''}.`,
    sortBy: ({ row }) => row.figures[figure],
    cell: ({ row, window }) => {
      const text = words(row);
      if (text === undefined) return absent();
      const tip = explain(FIGURE_MEANING[figure], FIGURE_MEANING[most], window);
      return number(text, tip);
    },
    text: ({ row }) => words(row) ?? ABSENT,
  };
}
