// The parts of a diagnosis in reading order, as many as the size allows.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { SizeClass } from '../contract.js';
import type { Section } from '../report-types.js';
import type { Scene } from '../scene.js';
import { actions } from '../sections/evidence/actions.js';
import { otherChecks } from '../sections/evidence/checks.js';
import { ruledOut, why } from '../sections/evidence/evidence.js';
import type { HeatMapPanel } from '../sections/heat-map/heat-map-panel.js';
import { matrix } from '../sections/matrix/matrix.js';
import { otherMeasurements } from '../sections/matrix/measurements.js';
import { noticeList } from '../sections/notices.js';
import { phaseBar } from '../sections/phases/phase-bar.js';
import { dataQuality, limits } from '../sections/quality.js';
import { scopeSwitch } from '../sections/scope-switch.js';
import type { StripPanel } from '../sections/strips/strip-panel.js';
import { verdictLine } from '../sections/verdict/verdict-line.js';

/** The smallest size class that shows a part. */
const FROM_SIZE: Partial<Record<Section, SizeClass>> = {
  verdict: 'line',
  phases: 'bar',
  matrix: 'matrix',
  strips: 'all',
  heatmap: 'all',
  evidence: 'all',
};

const SIZES: SizeClass[] = ['line', 'bar', 'matrix', 'all'];

/** A report as a page. */
export function readyContent(
  scene: Scene,
  strips: StripPanel,
  heatMap: HeatMapPanel,
): TemplateResult {
  const parts = { scene, strips, heatMap };
  const wanted = scene.ready.sections;
  const shown = wanted.filter((section) => fits(section, scene.size));
  const folded =
    scene.size === 'bar' || scene.size === 'matrix' ? wanted.includes('evidence') : false;
  const [first, ...rest] = rows(shown).map((row) =>
    row.length === 2
      ? html`<div class="pair">${row.map((part) => draw(part, parts))}</div>`
      : draw(row[0], parts),
  );
  return html`${scopeSwitch(scene)} ${first} ${noticeList(scene.ready.notices)} ${rest}
  ${
    folded
      ? html`<details class="fold">
          <summary>What to do, and why</summary>
          ${evidenceRows(scene)}
        </details>`
      : nothing
  }`;
}

/** Matrix and strips stand side by side where they follow each other. */
function rows(sections: Section[]): Section[][] {
  const result: Section[][] = [];
  for (const section of sections) {
    const last = result.at(-1);
    const pair = last?.length === 1 && new Set([last[0], section, 'matrix', 'strips']).size === 2;
    if (pair) last.push(section);
    else result.push([section]);
  }
  return result;
}

function fits(section: Section, size: SizeClass): boolean {
  const from = FROM_SIZE[section];
  return from !== undefined && SIZES.indexOf(from) <= SIZES.indexOf(size);
}

/** What the parts are drawn from. */
interface Parts {
  scene: Scene;
  strips: StripPanel;
  heatMap: HeatMapPanel;
}

function draw(
  section: Section | undefined,
  { scene, strips, heatMap }: Parts,
): TemplateResult | typeof nothing {
  switch (section) {
    case 'verdict':
      return verdictLine(scene);
    case 'phases':
      return phaseBar(scene);
    case 'matrix':
      return html`<div class="matrix-cell">${matrix(scene)} ${otherMeasurements(scene)}</div>`;
    case 'strips':
      return strips.template(scene);
    case 'heatmap':
      return heatMap.template(scene, strips.window);
    case 'evidence':
      return evidenceRows(scene);
    default:
      return nothing;
  }
}

function evidenceRows(scene: Scene): TemplateResult {
  return html`<div class="columns">${why(scene)} ${ruledOut(scene)} ${actions(scene)}</div>
    <div class="columns columns-second">
      ${dataQuality(scene)} ${limits(scene)} ${otherChecks(scene)}
    </div>`;
}
