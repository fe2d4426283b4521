// The settings in CUE: the schema of the Perses panel's options, and their migration from Grafana.

/** Kinds that people write as text in both hosts. */
const written = ['text', 'time', 'duration'];

/** The schema's fields: every setting that the Perses panel has, inside its part. */
export function schemaFields({ schema, settings, removed }) {
  const rows = settings.filter(({ hosts }) => hosts.includes('perses'));
  const lines = [
    '\t// Version of this shape. Panels of an earlier one may hold what is gone since.',
    `\tschema?: ${Array.from({ length: schema }, (_, index) => index + 1).join(' | ')}`,
  ];
  for (const [part, members] of Object.entries(partsOf(rows))) {
    const gone = removed.filter(({ path }) => partOf(path) === part);
    const fields = [
      ...members.flatMap((row) => [`// ${row.help}`, `${nameOf(row.path)}?: ${type(row)}`]),
      ...gone.flatMap(({ path, reason }) => [`// Gone: ${reason}.`, `${nameOf(path)}?: _`]),
    ];
    lines.push('');
    if (part === '') lines.push(...indented(fields, 1));
    else lines.push(`\t${part}?: close({`, ...indented(fields, 2), '\t})');
  }
  return `${lines.join('\n')}\n`;
}

function type(row) {
  const choices = row.entries?.map(({ id }) => id) ?? [];
  switch (row.kind) {
    case 'number':
      return range(row);
    case 'choice':
      return oneOf(choices);
    case 'text':
      return row.pattern === undefined ? 'string' : `=~${JSON.stringify(row.pattern)}`;
    case 'time':
    case 'duration':
      return `#${row.kind}`;
    case 'interval':
      return 'close({start: #time, end: #time})';
    case 'numbers':
      return `[...(${range(row)})]`;
    case 'choices':
      return `[...(${oneOf(choices)})]`;
    case 'number-by-id':
      return `close({${choices.map((id) => `${id}?: ${range(row)}`).join(', ')}})`;
    case 'number-by-name':
      return `{[string]: ${range(row)}}`;
    default:
      throw new Error(`the schema has no type for a setting of kind ${row.kind}`);
  }
}

function range({ least, most, includesBounds }) {
  const equal = includesBounds ? '=' : '';
  return [`>${equal}${least}`, ...(most === undefined ? [] : [`<${equal}${most}`])].join(' & ');
}

function oneOf(ids) {
  return ids.map((id) => JSON.stringify(id)).join(' | ');
}

/** The whole migration. */
export function migrationText({ settings }) {
  const rows = settings.filter(
    ({ hosts }) => hosts.includes('grafana') && hosts.includes('perses'),
  );
  const { '': whole, ...parts } = partsOf(rows);
  const kept = Object.entries(parts).map(([part, members]) => [part, keptOf(part, members)]);
  const spec = Object.keys(parts).flatMap((part) => [
    `if len(#kept.${part}) > 0 {`,
    `\t${part}: #kept.${part}`,
    '}',
  ]);
  return `// Generated from core/src/settings/table.rs by "npm run gen".
package migrate

#grafanaType: "inferencetriage-phases-panel"
#panel:       _

// The options of the Grafana panel are those of this one, but for variables: Perses fills in none
// there, and the queries select by them already. What a panel of an earlier release has beyond that
// is left out.
#options: *#panel.options | {}
${Object.keys(parts)
  .map((part) => `#${part}: *#options.${part} | {}`)
  .join('\n')}

#kept: {
${kept.map(([part, lines]) => [`\t${part}: {`, ...indented(lines, 2), '\t}'].join('\n')).join('\n')}
}

kind: "InferenceTriage"
spec: {
${indented([...spec, ...keptOf('options', whole), ...runbook], 1).join('\n')}
}
`;
}

/**
 * Both hosts have the address of runbooks as an option of their own. One within the site of Grafana
 * is another page in the site of Perses.
 */
const runbook = [
  'if (*"\\(#options.runbook)" | "") =~ "^https?://[^$]*$" {',
  '\trunbook: #options.runbook',
  '}',
];

/** Lines that keep what a part of the options says and Perses can use. */
function keptOf(part, rows) {
  const names = (kinds) =>
    rows.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => JSON.stringify(nameOf(path)));
  const plain = names(['number', 'choice']);
  const texts = names(written);
  const lines = [];
  if (plain.length > 0)
    lines.push(
      `for name in [${plain.join(', ')}] if (*#${part}[name] | null) != null {`,
      `\t"\\(name)": #${part}[name]`,
      '}',
    );
  if (texts.length > 0)
    lines.push(
      `for name in [${texts.join(', ')}] if (*#${part}[name] | "") != "" && !((*"\\(#${part}[name])" | "") =~ "\\\\$") {`,
      `\t"\\(name)": #${part}[name]`,
      '}',
    );
  for (const row of rows) lines.push(...keptValue(`#${part}.${nameOf(row.path)}`, row));
  return lines;
}

/** Lines that keep a list or a map, whatever it holds that is not allowed left out. */
function keptValue(from, row) {
  const name = nameOf(row.path);
  const ids = (row.entries ?? []).map(({ id }) => JSON.stringify(id)).join(', ');
  const isNumber = (value) => `(*${value} | null) != null`;
  switch (row.kind) {
    case 'choices':
      return [
        `if (*${from} | null) != null {`,
        `\t${name}: [for one in ${from} for known in [${ids}] if one == known {one}]`,
        '}',
      ];
    case 'numbers':
      return [`if (*${from} | null) != null {`, `\t${name}: ${from}`, '}'];
    case 'number-by-id':
      return [
        `for id in [${ids}] if ${isNumber(`${from}[id]`)} {`,
        `\t${name}: "\\(id)": ${from}[id]`,
        '}',
      ];
    case 'number-by-name':
      return [
        `for id, number in *${from} | {} if number != null {`,
        `\t${name}: "\\(id)": number`,
        '}',
      ];
    default:
      return [];
  }
}

/** Rows by the part they stand in; those of the settings as a whole last, under an empty name. */
function partsOf(rows) {
  const parts = {};
  for (const row of rows) (parts[partOf(row.path)] ??= []).push(row);
  const { '': whole = [], ...others } = parts;
  return { ...others, '': whole };
}

function partOf(path) {
  return path.includes('.') ? path.split('.')[0] : '';
}

function nameOf(path) {
  return path.split('.').at(-1);
}

function indented(lines, depth) {
  return lines.map((line) => '\t'.repeat(depth) + line);
}
