// The table of settings in TypeScript: what code needs of a row apart from what people read.

const NOTICE =
  '// Generated from core/src/settings/table.rs by `npm run gen`. Change that, not this file.';

/** The rows as code needs them. */
export function tableText({ schema, settings }) {
  const rows = settings.map((row) => `  ${literal(rowOf(row))},`);
  return `${NOTICE}

import type { Setting } from './settings-table.js';

/** Version of the settings' shape. */
export const SETTINGS_SCHEMA = ${schema};

/** Every setting, by group. */
export const SETTINGS = [
${rows.join('\n')}
] as const satisfies readonly Setting[];

/** Where a setting stands, e.g. \`slo.quantile\`. */
export type SettingPath = (typeof SETTINGS)[number]['path'];
`;
}

/** What people read of the rows, in a file of its own: who shows none of it does not load it. */
export function textsText({ settings }) {
  const texts = settings.map((row) => `  '${row.path}': ${literal(textOf(row))},`);
  return `${NOTICE}

import type { SettingPath } from './settings-table.generated.js';
import type { SettingText } from './settings-table.js';

/** Every setting in words. */
export const SETTING_TEXTS: Readonly<Record<SettingPath, SettingText>> = {
${texts.join('\n')}
};
`;
}

function rowOf({ path, kind, hosts, ...row }) {
  const { least, most, includesBounds, step, pattern, mode, attribute } = row;
  return {
    path,
    kind,
    hosts,
    ids: row.entries?.map(({ id }) => id),
    default: row.default,
    least,
    most,
    includesBounds,
    step,
    pattern,
    mode,
    attribute,
  };
}

function textOf({ label, help, group, example, entries }) {
  return { label, help, group, example, entries };
}

/** A value as TypeScript writes it; absent fields are left out. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{ ${fields.map(([name, field]) => `${name}: ${literal(field)}`).join(', ')} }`;
}
