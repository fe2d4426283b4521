// Text forms of samples: expositions as an exporter serves them, and OpenMetrics as promtool
// backfills it.

/** One line of an exposition: `name{labels} value`. */
const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const pair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * The samples of a Prometheus text exposition, in its order: `{ metric, value }`, the value as
 * written.
 */
export function parseExposition(text) {
  const samples = [];
  for (const row of text.split('\n')) {
    if (row === '' || row.startsWith('#')) continue;
    const match = line.exec(row);
    if (!match) throw new Error(`not a line of an exposition: ${row}`);
    const metric = { __name__: match[1] };
    for (const [, name, value] of (match[2] ?? '').matchAll(pair))
      metric[name] = unescapeLabel(value);
    samples.push({ metric, value: match[3] });
  }
  return samples;
}

/**
 * One sample as a line of text; job and instance are the scraper's to add, so an exporter leaves
 * them out.
 */
export function formatSample(metric, value, seconds) {
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__');
  const text = labels.map(([name, label]) => `${name}="${escapeLabel(label)}"`).join(',');
  return `${metric.__name__}${text ? `{${text}}` : ''} ${value}${seconds === undefined ? '' : ` ${seconds}`}`;
}

/**
 * Series of a range response, `{ metric, values: [[seconds, "value"], …] }`, as OpenMetrics text.
 */
export function toOpenMetrics(series) {
  const lines = series.flatMap(({ metric, values }) =>
    values.map(([seconds, value]) => formatSample(metric, value, seconds)),
  );
  return `${lines.join('\n')}\n# EOF\n`;
}

function escapeLabel(text) {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function unescapeLabel(text) {
  return text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
}
