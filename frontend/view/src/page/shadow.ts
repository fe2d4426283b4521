// The shadow root inside a stranger's page: styles do not leak either way, keys do not leave.

import { text as annotations } from '../theme/styles/annotations.css';
import { text as base } from '../theme/styles/base.css';
import { text as comparison } from '../theme/styles/comparison.css';
import { text as contrast } from '../theme/styles/contrast.css';
import { text as doFirst } from '../theme/styles/do-first.css';
import { text as evidence } from '../theme/styles/evidence.css';
import { text as fleet } from '../theme/styles/fleet.css';
import { text as glyph } from '../theme/styles/glyph.css';
import { text as heatMap } from '../theme/styles/heat-map.css';
import { text as layouts } from '../theme/styles/layouts.css';
import { text as marks } from '../theme/styles/marks.css';
import { text as matrix } from '../theme/styles/matrix.css';
import { text as matrixNarrow } from '../theme/styles/matrix-narrow.css';
import { text as measurements } from '../theme/styles/measurements.css';
import { text as objectives } from '../theme/styles/objectives.css';
import { text as phases } from '../theme/styles/phases.css';
import { text as print } from '../theme/styles/print.css';
import { text as scopes } from '../theme/styles/scopes.css';
import { text as states } from '../theme/styles/states.css';
import { text as strips } from '../theme/styles/strips.css';
import { text as timeline } from '../theme/styles/timeline.css';
import { text as tooltip } from '../theme/styles/tooltip.css';
import { text as verdict } from '../theme/styles/verdict.css';

/** The style sheet of every view. */
export const STYLES = [
  base,
  marks,
  verdict,
  doFirst,
  scopes,
  phases,
  matrix,
  matrixNarrow,
  measurements,
  objectives,
  fleet,
  glyph,
  strips,
  timeline,
  heatMap,
  annotations,
  evidence,
  states,
  layouts,
  tooltip,
  comparison,
  contrast,
  print,
].join('');

/** The elements a view owns. */
export interface Shell {
  host: HTMLElement;
  /** Carries theme and size class; scrolls vertically. */
  root: HTMLElement;
  /** As tall as the container dictates, 0 where the content decides. */
  probe: HTMLElement;
}

const KEY_EVENTS = ['keydown', 'keyup', 'keypress'] as const;

/** A new shell as the last child of `container`. */
export function openShell(container: HTMLElement): Shell {
  const document = container.ownerDocument;
  const host = document.createElement('div');
  const shadow = host.attachShadow({ mode: 'open' });
  shadow.adoptedStyleSheets = [sheetFor(document)];
  const probe = document.createElement('div');
  probe.className = 'probe';
  const root = document.createElement('div');
  root.className = 'root';
  root.setAttribute('role', 'region');
  root.setAttribute('aria-label', 'Inference triage');
  root.tabIndex = -1;
  shadow.append(probe, root);
  // A dashboard's own shortcuts must not fire while somebody works with the strips.
  for (const type of KEY_EVENTS) host.addEventListener(type, (event) => event.stopPropagation());
  container.append(host);
  return { host, root, probe };
}

const sheets = new WeakMap<Document, CSSStyleSheet>();

/** Constructed sheets pass every style policy; they belong to the document that constructs them. */
function sheetFor(document: Document): CSSStyleSheet {
  const known = sheets.get(document);
  if (known) return known;
  const Sheet = document.defaultView?.CSSStyleSheet ?? CSSStyleSheet;
  const sheet = new Sheet();
  sheet.replaceSync(STYLES);
  sheets.set(document, sheet);
  return sheet;
}
