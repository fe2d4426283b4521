// The server side of Grafana's Prometheus data source: `/api/ds/query` and its resources, answered
// by a real Prometheus.

import { framesOf } from './frames.mjs';
import { onGrid, stepOf, withoutMacros } from './intervals.mjs';

/** The data source's identifier in the page, and how often it says its targets are scraped. */
export const dataSourceUid = 'prometheus';
export const scrapeInterval = '15s';

/**
 * Answers the body of `/api/ds/query`: one result for each query, a failed one beside the others.
 */
export async function answerQueries(prometheusUrl, { queries, from, to }) {
  const range = { from: Number(from), to: Number(to) };
  const results = await Promise.all(queries.map((query) => answerOne(prometheusUrl, query, range)));
  return {
    results: Object.fromEntries(queries.map(({ refId }, index) => [refId, results[index]])),
  };
}

async function answerOne(prometheusUrl, query, { from, to }) {
  const step = stepOf(query, from, to, scrapeInterval);
  const expression = withoutMacros(query.expr, step, from, to, scrapeInterval);
  const isRange = !query.instant;
  const offset = (query.utcOffsetSec ?? 0) * 1_000;
  const seconds = (time) => String(time / 1_000);
  const parameters = isRange
    ? {
        query: expression,
        start: seconds(onGrid(from, step, offset)),
        end: seconds(onGrid(to, step, offset)),
        step: seconds(step),
      }
    : { query: expression, time: seconds(to) };
  const answer = await ask(prometheusUrl, isRange ? 'query_range' : 'query', parameters);
  if (answer.status !== 'success') {
    return {
      status: 400,
      error: `${answer.errorType}: ${answer.error}`,
      errorSource: 'downstream',
      frames: [],
    };
  }
  const frames = framesOf(answer.data.result, {
    refId: query.refId,
    expression,
    step,
    legend: query.legendFormat,
    isRange,
  });
  const notices = (answer.warnings ?? []).map((text) => ({ severity: 'warning', text }));
  if (notices.length > 0 && frames[0]) frames[0].schema.meta.notices = notices;
  return { status: 200, frames };
}

async function ask(prometheusUrl, endpoint, parameters) {
  try {
    const body = new URLSearchParams(parameters);
    return await (
      await fetch(`${prometheusUrl}/api/v1/${endpoint}`, { method: 'POST', body })
    ).json();
  } catch (error) {
    return {
      status: 'error',
      errorType: 'network',
      error: `${prometheusUrl} does not answer (${error.message})`,
    };
  }
}

/**
 * A resource of the data source, for example the values of a label: passed through as Prometheus
 * answers.
 */
export async function answerResource(prometheusUrl, pathAndQuery) {
  const response = await fetch(`${prometheusUrl}/${pathAndQuery}`);
  return { status: response.status, body: await response.text() };
}
