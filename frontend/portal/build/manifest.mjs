// The custom elements manifest, made from the element's own tables.

import path from 'node:path';
import { pathToFileURL } from 'node:url';

const members = [
  [
    'field',
    'data',
    'PanelData | undefined',
    'Range responses or a sample batch to diagnose; takes the place of `url`.',
  ],
  [
    'field',
    'settings',
    'PartialSettings',
    'The settings as one JSON object, fit for keeping; attributes win over it.',
  ],
  ['field', 'headers', 'Record<string, string> | undefined', 'Headers for every query.'],
  [
    'field',
    'fetch',
    'typeof fetch | undefined',
    "Takes the place of the page's `fetch` for every query.",
  ],
  [
    'field',
    'window',
    'TimeWindow | undefined',
    'The interval the reader has selected, Unix milliseconds.',
  ],
  ['method', 'report', 'Report | undefined', 'The report on screen.'],
  ['method', 'refresh', 'Promise<void>', 'Fetches the newest part of the data.'],
  ['method', 'updateTheme', 'void', 'Reads the CSS custom properties again.'],
];

const events = [
  ['inference-triage-report', 'CustomEvent<{ report: Report }>', 'A new report is on screen.'],
  [
    'inference-triage-error',
    'CustomEvent<Problem>',
    'There is no new report: a stable code, the cause and the cure.',
  ],
  [
    'inference-triage-window',
    'CustomEvent<{ window: TimeWindow | undefined }>',
    'The reader selected a window, cleared it, or it has left the range.',
  ],
];

/** The manifest of the built package as JSON text. */
export async function manifestText(dist) {
  const { ATTRIBUTES, PROPERTY_PREFIX, THEME_TOKENS } = await import(
    pathToFileURL(path.join(dist, 'index.js')).href
  );
  const declaration = {
    kind: 'class',
    name: 'InferenceTriageElement',
    tagName: 'inference-triage',
    customElement: true,
    superclass: { name: 'HTMLElement' },
    description: 'The diagnosis of an LLM serving engine from Prometheus data.',
    attributes: Object.entries(ATTRIBUTES).map(
      ([name, { type, default: fallback, description }]) => ({
        name,
        type: { text: type },
        ...(fallback === undefined ? {} : { default: fallback }),
        description,
      }),
    ),
    members: members.map(([kind, name, type, description]) => ({
      kind,
      name,
      ...(kind === 'method' ? { return: { type: { text: type } } } : { type: { text: type } }),
      description,
    })),
    events: events.map(([name, type, description]) => ({
      name,
      type: { text: type },
      description,
    })),
    cssProperties: [...THEME_TOKENS, 'font-family'].map((token) => ({
      name: PROPERTY_PREFIX + token,
    })),
  };
  const exported = { kind: 'js', name: declaration.name, declaration: { name: declaration.name } };
  const module = {
    kind: 'javascript-module',
    path: 'dist/index.js',
    declarations: [declaration],
    exports: [exported],
  };
  return `${JSON.stringify({ schemaVersion: '1.0.0', modules: [module] }, null, 2)}\n`;
}
