// What the table of replicas remembers between drawings: the reader's order, the verdicts that were
// read, where it is scrolled to.

import { nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { ReadyState } from '../../contract.js';
import type { ReplicaVerdict, ReplicaVerdicts } from '../../report-types.js';
import type { Scene } from '../../scene.js';
import { Judging } from '../judging.js';
import type { Joining } from '../judging.js';
import { FLEET_COLUMNS } from './fleet-columns.js';
import { linesOf } from './fleet-order.js';
import type { FleetChoice } from './fleet-order.js';
import { LINE_HEIGHT, MOST_LINES, fleetSection } from './fleet-section.js';

/** Lines that are drawn beyond those in sight, so that a fast scroll shows no gap. */
const BEYOND = 12;

const VERDICTS: Joining<ReplicaVerdicts> = {
  keeps: false,
  count: ({ verdicts }) => verdicts.length,
  join: (before, part) => ({ ...part, verdicts: [...before.verdicts, ...part.verdicts] }),
};

/** The table of replicas of one view. */
export class FleetPanel {
  readonly #judging: Judging<ReplicaVerdicts>;
  readonly #draw: () => void;
  #choice: FleetChoice = { sort: undefined, isAscending: false, grouping: undefined, find: '' };
  #verdicts: ReadonlyMap<string, ReplicaVerdict> = new Map();
  #verdictsOf: ReplicaVerdicts | undefined;
  #hasVerdicts = false;
  /** Line at the top of the table. */
  #top = 0;
  #frame = 0;

  constructor(draw: () => void) {
    this.#draw = draw;
    this.#judging = new Judging(VERDICTS, draw);
  }

  /** Takes over a report; replicas are judged only where somebody sees it. */
  read(ready: ReadyState, isShown: boolean): void {
    const { fleet } = ready.report;
    this.#hasVerdicts = ready.replicaVerdicts !== undefined;
    this.#judging.follow(isShown && fleet ? ready.replicaVerdicts : undefined);
    const { grouping } = this.#choice;
    if (grouping && fleet && !fleet.groupings.includes(grouping))
      this.#choice = { ...this.#choice, grouping: undefined };
  }

  /** The section. */
  template(scene: Scene): TemplateResult | typeof nothing {
    const { fleet } = scene.report;
    if (!fleet) return nothing;
    const verdicts = this.#current();
    const lines = linesOf(fleet.rows, verdicts, this.#choice);
    const isLong = lines.length > MOST_LINES;
    const from = isLong ? Math.max(0, Math.min(this.#top, lines.length - MOST_LINES) - BEYOND) : 0;
    const to = isLong ? Math.min(lines.length, from + MOST_LINES + 2 * BEYOND) : lines.length;
    const columns = FLEET_COLUMNS.filter((column) => {
      if (column.id === 'verdict') return this.#hasVerdicts;
      const values = fleet.rows.map((row) =>
        column.sortBy({ row, verdict: undefined, window: '' }),
      );
      // Nothing failed and nothing restarted is the usual case, and a column of zeros says less.
      const isEvent = column.id === 'failed' || column.id === 'starts';
      return values.some((value) => value !== undefined && (!isEvent || value > 0));
    });
    return fleetSection(scene, {
      fleet,
      choice: this.#choice,
      lines,
      from,
      to,
      verdicts,
      columns,
      choose: (choice) => {
        this.#choice = { ...this.#choice, ...choice };
        this.#draw();
      },
      scroll: this.#scroll,
    });
  }

  /** Stops all work. */
  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#judging.stop();
  }

  readonly #scroll = (event: Event): void => {
    const top = Math.floor((event.currentTarget as HTMLElement).scrollTop / LINE_HEIGHT);
    if (top === this.#top) return;
    this.#top = top;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#draw);
  };

  #current(): ReadonlyMap<string, ReplicaVerdict> {
    const { shown } = this.#judging;
    if (shown !== this.#verdictsOf)
      this.#verdicts = new Map(shown?.verdicts.map((one) => [one.replica, one]));
    this.#verdictsOf = shown;
    return this.#verdicts;
  }
}
