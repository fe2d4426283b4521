// The parts of a diagnosis in reading order, as the layout shows them.

import { html, nothing } from 'lit-html';
import type { TemplateResult } from 'lit-html';

import type { SizeClass } from '../contract.js';
import type { Section } from '../report-types.js';
import type { Scene } from '../scene.js';
import { evidence, hasEvidence } from '../sections/evidence/evidence.js';
import type { FleetPanel } from '../sections/fleet/fleet-panel.js';
import { foot } from '../sections/foot/foot.js';
import type { HeatMapPanel } from '../sections/heat-map/heat-map-panel.js';
import { hasMatrix, matrix } from '../sections/matrix/matrix.js';
import { otherMeasurements } from '../sections/matrix/measurements.js';
import { noticeList } from '../sections/notices.js';
import { hasObjectives, objectives } from '../sections/objectives/objectives.js';
import { phaseBar, phaseTable } from '../sections/phases/phase-bar.js';
import { scopeSwitch } from '../sections/scope-switch.js';
import type { StripPanel } from '../sections/strips/strip-panel.js';
import { share } from '../sections/verdict/share.js';
import { tile } from '../sections/verdict/tile.js';
import { verdictLine } from '../sections/verdict/verdict-line.js';
import { foldButtons, foldedRow, openedParts } from './folds.js';
import type { Foldable } from './folds.js';

/** What the parts are drawn from. */
export interface Parts {
  scene: Scene;
  strips: StripPanel;
  heatMap: HeatMapPanel;
  fleet: FleetPanel;
}

type Drawn = TemplateResult | typeof nothing;

/** A report as a page. */
export function readyContent(parts: Parts): TemplateResult {
  const { scene } = parts;
  const wanted = scene.ready.sections;
  if (scene.size === 'tile') return html`<div class="glance">${tile(scene)}</div>`;
  if (scene.size === 'line') {
    const only = wanted.includes('verdict') ? verdictLine(scene) : firstOf(parts);
    return html`<div class="glance">${only}</div>`;
  }
  return scene.size === 'brief' ? brief(parts) : page(parts);
}

/** Where the verdict is not among the parts: the first that is. */
function firstOf(parts: Parts): Drawn {
  const [first] = parts.scene.ready.sections;
  return first === undefined ? nothing : draw(first, parts);
}

/** What is seen without scrolling, then what the buttons opened. */
function brief(parts: Parts): TemplateResult {
  const { scene, strips } = parts;
  const wanted = scene.ready.sections;
  const folded = wanted.flatMap((section) => foldable(section, parts) ?? []);
  const opensTime = wanted.includes('strips') && !scene.isOpen('strips');
  return html`<div class="glance">
      ${scopeSwitch(scene)} ${wanted.filter(isGlance).map((section) => draw(section, parts))}
      ${wanted.includes('evidence') ? nothing : noticeList(scene.ready.notices)}
      ${opensTime ? strips.slim(scene, () => scene.fold('strips', true)) : nothing}
      ${folded.length > 0 ? foldButtons(scene, folded, share(scene)) : nothing}
    </div>
    ${openedParts(scene, folded)}`;
}

/** All parts below each other. What stands above the first chart keeps its room. */
function page(parts: Parts): TemplateResult {
  const { scene } = parts;
  const wanted = scene.ready.sections;
  const chart = wanted.findIndex((section) => section === 'strips' || section === 'heatmap');
  const until = chart < 0 ? wanted.length : chart;
  const drawn = wanted.map((section) => placed(section, parts));
  const [first, ...above] = drawn.slice(0, until);
  return html`<div class="above">
      <div>
        ${scopeSwitch(scene)} ${first ?? nothing} ${noticeList(scene.ready.notices)} ${above}
      </div>
    </div>
    ${drawn.slice(until)} ${wanted.includes('evidence') ? foot(scene) : nothing}`;
}

/** The parts that are open in a layout without being asked for. */
const OPEN: Partial<Record<SizeClass, readonly Section[]>> = {
  medium: ['evidence'],
  full: ['evidence', 'strips', 'heatmap', 'objectives', 'matrix', 'fleet'],
};

/** Whether a part is open in a layout without being asked for. */
export function isOpenAtFirst(section: Section, size: SizeClass): boolean {
  return OPEN[size]?.includes(section) ?? false;
}

function placed(section: Section, parts: Parts): Drawn {
  const { scene, strips } = parts;
  if (isGlance(section)) return draw(section, parts);
  const part = foldable(section, parts);
  if (!part) return nothing;
  if (isOpenAtFirst(section, scene.size)) return part.draw();
  const row = foldedRow(scene, part, false);
  if (section !== 'strips') return row;
  const slim = scene.isOpen('strips')
    ? nothing
    : strips.slim(scene, () => scene.fold('strips', true));
  return html`${slim}${row}`;
}

function isGlance(section: Section): boolean {
  return section === 'verdict' || section === 'phases';
}

const TITLE: Partial<Record<Section, string>> = {
  phases: 'Phases',
  evidence: 'Why',
  strips: 'Time',
  heatmap: 'Heat map',
  objectives: 'Objectives',
  matrix: 'Latencies',
  fleet: 'Replicas',
};

/** A part that can wait for the reader; undefined where it would be empty. */
function foldable(section: Section, parts: Parts): Foldable | undefined {
  const title = TITLE[section];
  const { scene, strips, heatMap } = parts;
  const isThere = {
    evidence: () => hasEvidence(scene),
    strips: () => !strips.isEmpty,
    heatmap: () => heatMap.isShown(scene),
    objectives: () => hasObjectives(scene.report),
    matrix: () => hasMatrix(scene.report),
    fleet: () => scene.report.fleet !== undefined,
    verdict: () => false,
    phases: () => scene.size === 'brief' && scene.report.phases !== undefined,
  }[section];
  if (title === undefined || !isThere()) return undefined;
  const isChart = section === 'strips' || section === 'heatmap';
  const drawn = (): Drawn => (section === 'phases' ? phaseTable(scene) : draw(section, parts));
  return { id: section, title, isChart, draw: drawn };
}

function draw(section: Section, { scene, strips, heatMap, fleet }: Parts): Drawn {
  switch (section) {
    case 'verdict':
      return verdictLine(scene);
    case 'phases':
      return phaseBar(scene);
    case 'matrix':
      return html`<div class="matrix-cell">${matrix(scene)} ${otherMeasurements(scene)}</div>`;
    case 'objectives':
      return objectives(scene);
    case 'fleet':
      return fleet.template(scene);
    case 'strips':
      return strips.template(scene);
    case 'heatmap':
      return heatMap.template(scene, strips.window);
    case 'evidence':
      return scene.size === 'brief' ? everyReason(scene) : evidence(scene);
    default:
      return nothing;
  }
}

/** What a low container has no other place for goes with the evidence. */
function everyReason(scene: Scene): TemplateResult {
  return html`${share(scene)} ${noticeList(scene.ready.notices)} ${evidence(scene)} ${foot(scene)}`;
}
