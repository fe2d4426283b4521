// PromQL of the drill-down panels. Metric names and matchers come out of the query plan, so that a
// name is written once.

/**
 * Names as they stand in the planned queries of histograms, and in those of counters and gauges.
 */
const histogramName = /__name__=~"([\w:]+)_\(bucket\|sum\)"/g;
const plainName = /([A-Za-z_:][\w:]*)\{/g;

/** Window of a rate: four scrapes at least, as the data source works it out. */
const window = '[$__rate_interval]';

/**
 * The metrics behind a plan, as expressions over the engines that the dashboard's variables select.
 */
export class Metrics {
  #queries;
  #matchers;

  constructor({ queries }) {
    this.#queries = new Map(queries.map(({ role, promql }) => [role, promql]));
    this.#matchers = /\{(.*)\}/.exec(this.#query('running'))[1];
  }

  /**
   * Quantile of a histogram over all selected engines: buckets are summed first, never quantiles
   * averaged.
   */
  quantile(quantile, role, labels = []) {
    const by = ['le', ...labels].join(', ');
    return this.#first(
      role,
      (name) =>
        `histogram_quantile(${quantile}, sum by (${by}) (rate(${name}_bucket${this.#selected}${window})))`,
    );
  }

  /** Mean of a histogram: what was added to the sum by each observation. */
  mean(role, labels = []) {
    return this.#first(
      role,
      (name) =>
        `${this.#perSecond(`${name}_sum`, labels)} / ${this.#perSecond(`${name}_count`, labels)}`,
    );
  }

  /** Rate of a histogram's sum, which for a time is the number of requests in that phase. */
  sumRate(role, labels = []) {
    return this.#first(role, (name) => this.#perSecond(`${name}_sum`, labels));
  }

  /** Observations of a histogram per second. */
  observationRate(role, labels = []) {
    return this.#first(role, (name) => this.#perSecond(`${name}_count`, labels));
  }

  /** Increase of a counter per second. */
  rate(role, labels = []) {
    return this.#first(role, (name) => this.#perSecond(name, labels));
  }

  /** A gauge, summed or its maximum. */
  gauge(role, labels = [], combine = 'sum') {
    return this.#first(
      role,
      (name, extra) => `${combine}${grouped(labels)}(${name}${this.#with(extra)})`,
    );
  }

  /** Name of the first metric behind a role. */
  name(role) {
    return this.#names(role)[0];
  }

  /** The first name that has data; a renamed metric is asked for under each of its names. */
  #first(role, write) {
    const label = /\{(\w+="[^"]*"),/.exec(this.#query(role))?.[1];
    const extra = label ? `${label},` : '';
    const written = this.#names(role).map((name) => write(name, extra));
    return written.length === 1 ? written[0] : written.map((text) => `(${text})`).join(' or ');
  }

  #perSecond(name, labels) {
    return `sum${grouped(labels)}(rate(${name}${this.#selected}${window}))`;
  }

  get #selected() {
    return this.#with('');
  }

  #with(extra) {
    return `{${extra}${this.#matchers}}`;
  }

  #names(role) {
    const query = this.#query(role);
    const found = [...query.matchAll(histogramName)];
    const names = (found.length > 0 ? found : [...query.matchAll(plainName)]).map(
      ([, name]) => name,
    );
    return [...new Set(names)];
  }

  #query(role) {
    const query = this.#queries.get(role);
    if (query === undefined) throw new Error(`the query plan has no role "${role}"`);
    return query;
  }
}

const grouped = (labels) => (labels.length > 0 ? ` by (${labels.join(', ')}) ` : '');
