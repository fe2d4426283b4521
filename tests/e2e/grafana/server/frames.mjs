// Data frames as the backend of Grafana's Prometheus data source writes them on the wire.

/** One frame for each series of a range or instant answer. */
export function framesOf(series, { refId, expression, step, legend, isRange }) {
  return series.map(({ metric, values, value }, index) => {
    const samples = values ?? [value];
    const numbers = wireNumbers(samples.map(([, text]) => text));
    const name = displayName(metric, legend, series.length, expression);
    const custom = {
      resultType: isRange ? 'matrix' : 'vector',
      ...(index === 0 ? { calculatedMinStep: step } : {}),
    };
    return {
      schema: {
        // No name: the browser tells bucket series from others by its absence.
        refId,
        meta: {
          type: isRange ? 'timeseries-multi' : 'numeric-multi',
          typeVersion: [0, 1],
          custom,
          ...(index === 0
            ? { executedQueryString: `Expr: ${expression}\nStep: ${step / 1_000}s` }
            : {}),
        },
        fields: [
          {
            name: 'Time',
            type: 'time',
            typeInfo: { frame: 'time.Time' },
            ...(isRange ? { config: { interval: step } } : {}),
          },
          {
            name: metric.__name__ ?? 'Value',
            type: 'number',
            typeInfo: { frame: 'float64' },
            labels: metric,
            config: name ? { displayNameFromDS: name } : {},
          },
        ],
      },
      data: {
        values: [samples.map(([seconds]) => Math.round(seconds * 1_000)), numbers.values],
        ...numbers.entities,
      },
    };
  });
}

/**
 * JSON has no NaN and no infinity: they travel as null, with their places in a list beside the
 * values.
 */
function wireNumbers(texts) {
  const special = { NaN: [], Inf: [], NegInf: [] };
  const nameOf = { NaN: 'NaN', '+Inf': 'Inf', '-Inf': 'NegInf' };
  const values = texts.map((text, index) => {
    if (nameOf[text] === undefined) return Number(text);
    special[nameOf[text]].push(index);
    return null;
  });
  const found = Object.fromEntries(
    Object.entries(special).filter(([, places]) => places.length > 0),
  );
  return { values, entities: Object.keys(found).length > 0 ? { entities: [null, found] } : {} };
}

/**
 * `{{label}}` filled in; `__auto` leaves the name to the browser unless the query has one answer
 * without labels.
 */
function displayName(metric, legend, count, expression) {
  if (legend === '__auto') return count === 1 && Object.keys(metric).length === 0 ? expression : '';
  if (legend) return legend.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => metric[label] ?? '');
  const { __name__: name = '', ...labels } = metric;
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length > 0 ? `${name}{${pairs.join(', ')}}` : name || expression;
}
