// Outcomes as Markdown: ratios first, then sizes, then what this machine took.

/** A number with as many digits as it is worth. */
export function digits(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  if (value >= 10) return value.toFixed(1);
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}

function spreadOf([low, median, high]) {
  return `${digits(median)} [${digits(low)}..${digits(high)}]`;
}

/** Whether a ratio, a time or a size keeps its goal; undefined where there is none. */
export function keepsGoal({ ratio, spread, value, goal }) {
  if (goal === undefined) return undefined;
  return ratio ? ratio[1] >= goal : (spread?.[1] ?? value) <= goal;
}

function goalOf(row, unit) {
  if (row.goal === undefined) return '';
  return `${row.ratio ? '≥' : '≤'} ${row.goal} ${unit}: ${keepsGoal(row) ? 'kept' : '**missed**'}`;
}

export function ratioTable(ratios) {
  const rows = ratios.map((row) => {
    const ratio = `**${digits(row.ratio[1])} ×** [${digits(row.ratio[0])}..${digits(row.ratio[2])}]`;
    return `| ${row.what} | ${row.against} | ${row.where} | ${ratio} | ${row.rounds} | ${goalOf(row, '×')} |`;
  });
  return table(
    '| what | rival | where | rival ÷ ours, median [p25..p75] | rounds | goal |',
    '|---|---|---|--:|--:|---|',
    rows,
  );
}

export function sizeTable(sizes) {
  const rows = sizes.map(
    (row) => `| ${row.what} | **${digits(row.value)} ${row.unit}** | ${row.detail} | ${goalOf(row, row.unit)} |`,
  );
  return table('| what | value | of it | goal |', '|---|--:|---|---|', rows);
}

export function recordTable(records) {
  const rows = records.map(
    (row) => `| ${row.what} | ${row.where} | ${spreadOf(row.spread)} ${row.unit} | ${goalOf(row, row.unit)} |`,
  );
  return table('| what | where | median [p25..p75] | goal |', '|---|---|--:|---|', rows);
}

function table(head, rule, rows) {
  return rows.length === 0 ? '' : [head, rule, ...rows].join('\n');
}

export function floorTable(judged) {
  const rows = judged.map(
    ({ id, floor, ratio }) => `| \`${id}\` | ${digits(floor.least)} × | ${digits(ratio[1])} × | ${floor.reason} |`,
  );
  return table('| ratio | floor | this run | reason |', '|---|--:|--:|---|', rows);
}

/** What every goal that was missed came out as. */
function missed(outcome) {
  const all = [...outcome.ratios, ...outcome.sizes, ...outcome.records];
  return all
    .filter((row) => keepsGoal(row) === false)
    .map((row) => {
      const [got, unit] = row.ratio ? [row.ratio[1], '×'] : [row.spread?.[1] ?? row.value, row.unit];
      const rival = row.against ? ` against ${row.against}` : '';
      return `- ${row.what}${rival}, ${row.where ?? 'any machine'}: ${digits(got)} ${unit}, goal ${row.ratio ? '≥' : '≤'} ${row.goal}.`;
    })
    .join('\n');
}

/** The whole page. */
export function page(outcome) {
  const { machine, ratios, sizes, records, remarks, judged } = outcome;
  return `# Benchmarks

Written by \`npm run bench\` on ${machine.date}; do not edit. Every ratio is a named rival's time divided by ours, in one run, on the
same bytes, after the results were compared: above 1 × the rival is slower. Ratios may be quoted with their rival and their place;
the times further down are facts of one machine and nothing else.

Chromium ${machine.chromium}, Node ${machine.node}, Rust ${machine.rust}${machine.prometheus ? `, Prometheus ${machine.prometheus}` : ''}.
${machine.kind}; load average before the run ${machine.load}.

## Ratios

${ratioTable(ratios)}

## Sizes and memory

${sizeTable(sizes)}

## Goals that this run missed

${missed(outcome) || 'None.'}

## What each row means

${remarks.map((remark) => `- ${remark}`).join('\n')}

## Method

Contestants take turns within each round and the order alternates, so that a busy minute hits all of them; the ratio is taken within
each round, and its median and quartiles over all rounds are shown. Rounds before the counted ones warm the compilers up; start-up is
the exception. Times include copying bytes into wasm memory. The rivals are in \`tests/bench\`, written with care: the careful ones allocate
nothing in their loops and do only what the comparison needs.

\`npm run bench\` fails when a ratio falls below its floor in \`tests/bench/floors.json\`:

${floorTable(judged)}

## Recorded on this machine, no claim

${recordTable(records)}
`;
}
