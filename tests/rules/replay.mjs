// A simulated run in the rule engine of Prometheus, evaluated once a minute as a server would.

import { execFileSync } from 'node:child_process';

import { firing } from './promtool.mjs';

const interval = 15;
/** On a whole minute, so that the scrapes lie on the steps of the evaluation. */
const start = 1_780_000_020;

/**
 * The alerts that fire within so many minutes of a run: by name, the minute at which each first
 * does.
 */
export function replay(rules, simulator, args, { minutes }) {
  const seconds = minutes * 60;
  const run = ['run', ...args, '--duration', String(seconds), '--start', String(start)];
  const response = execFileSync(
    simulator,
    [...run, '--interval', String(interval), '--format', 'response'],
    { encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const known = names(rules);
  const series = JSON.parse(response)
    .data.result.filter(({ metric }) => known.some((name) => isOf(metric.__name__, name)))
    .map(({ metric, values }) => ({ series: selector(metric), values: points(values, seconds) }));
  return firing(rules, { series, interval: `${interval}s`, minutes });
}

/** Names of metrics that the rules mention, without the endings that a regular expression adds. */
function names(rules) {
  const found = rules.matchAll(/\b(vllm:[a-z0-9_]+|process_[a-z_]+|http_requests_total|up)\b/g);
  return [...new Set([...found].map(([, name]) => name.replace(/_$/, '')))];
}

const isOf = (name, known) => name === known || name.startsWith(`${known}_`);

function selector({ __name__: name, ...labels }) {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}

function points(values, seconds) {
  const byStep = new Map(
    values.map(([time, value]) => [Math.round((time - start) / interval), value]),
  );
  const steps = Array.from(
    { length: seconds / interval + 1 },
    (_, step) => byStep.get(step) ?? '_',
  );
  return steps.join(' ');
}
