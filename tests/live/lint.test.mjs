// Broken queries of published dashboards and their corrections on a real server. The series are
// straight lines, so that every right answer can be worked out by hand.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { runProgram } from './program.mjs';

const end = 1_790_000_100;
const step = 15;
const scrapes = 120;
const times = Array.from({ length: scrapes }, (_, index) => end - (scrapes - 1 - index) * step);

/** A counter that grows by `rate` a second from `start`; a gauge where `rate` is 0. */
function line(name, labels, rate, start = 0) {
  const value = (seconds) => String(start + rate * (seconds - times[0]));
  return {
    metric: { __name__: name, ...labels },
    values: times.map((seconds) => [seconds, value(seconds)]),
  };
}

/** `requests` a second with these cumulative shares and this mean; `before`: what was counted. */
function histogram(name, labels, requests, bounds, mean, before = 0) {
  return [
    ...Object.entries({ ...bounds, '+Inf': 1 }).map(([le, share]) =>
      line(`${name}_bucket`, { ...labels, le }, requests * share),
    ),
    line(`${name}_sum`, labels, requests * mean, before),
    line(`${name}_count`, labels, requests),
  ];
}

/** A quiet and fast replica beside a busy, slow one with nine times its requests. */
function replica(pod, { requests, ttft, slow, mean, queue, prefill, running, kv, hits, busy }) {
  const labels = { pod, model_name: 'm', engine: '0', instance: `${pod}:8000` };
  const late = { 0.3: 0, '120.0': slow };
  return [
    ...histogram('vllm:time_to_first_token_seconds', labels, requests, ttft, 1),
    ...histogram('vllm:e2e_request_latency_seconds', labels, requests, late, mean, 1e6),
    ...histogram('vllm:request_queue_time_seconds', labels, requests, late, queue),
    ...histogram('vllm:request_prefill_time_seconds', labels, requests, late, prefill),
    line('vllm:generation_tokens_total', labels, 100 * requests),
    line('vllm:prefix_cache_queries_total', labels, 100 * requests),
    line('vllm:prefix_cache_hits_total', labels, 100 * requests * hits),
    line('vllm:num_preemptions_total', labels, busy / 2, 7),
    line('vllm:iteration_tokens_total_count', labels, 100 * busy),
    line('vllm:num_requests_running', labels, 0, running),
    line('vllm:kv_cache_usage_perc', labels, 0, kv),
    line(
      'vllm:cache_config_info',
      { pod, engine: '0', block_size: '16', num_gpu_blocks: '9' },
      0,
      1,
    ),
  ];
}

const fast = { 0.1: 0, 0.25: 1, 2.5: 1, '5.0': 1 };
const late = { 0.1: 0, 0.25: 0, 2.5: 0, '5.0': 1 };
const series = [
  ...replica('a', {
    requests: 1,
    ttft: fast,
    slow: 1,
    mean: 1,
    queue: 0.1,
    prefill: 0.2,
    running: 1,
    kv: 0.1,
    hits: 0.9,
    busy: 0,
  }),
  ...replica('b', {
    requests: 9,
    ttft: late,
    slow: 8 / 9,
    mean: 4,
    queue: 2,
    prefill: 1,
    running: 36,
    kv: 1,
    hits: 0.1,
    busy: 1,
  }),
];

const ttft = (by) => `sum by (${by}) (rate(vllm:time_to_first_token_seconds_bucket[5m]))`;
/** 1 of 10 requests a second is below 2.5 s, 9 are within 2.5 s to 5 s; the 95th of 100 is … */
const pooled = 2.5 + 2.5 * (8.5 / 9);

/** The broken query, and what the corrected one returns: labels and values. */
const cases = [
  ['histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[5m]))', [[{}, pooled]]],
  [`avg(histogram_quantile(0.95, ${ttft('le, pod')}))`, [[{}, pooled]]],
  [
    `histogram_quantile(0.95, ${ttft('pod')})`,
    [
      [{ pod: 'a' }, 0.2425],
      [{ pod: 'b' }, 4.875],
    ],
  ],
  [`histogram_quantile(0.95, ${ttft('le')}) > 3`, [[{}, 0.1]]],
  [
    'rate(vllm:generation_tokens_total[5m]) / rate(vllm:num_requests_running[5m])',
    [
      [{ pod: 'a' }, 100],
      [{ pod: 'b' }, 25],
    ],
  ],
  ['sum(rate(vllm:num_preemptions[5m]))', [[{}, 0.5]]],
  [
    'increase(vllm:e2e_request_latency_seconds_bucket{le="120"}[5m]) ' +
      '< increase(vllm:e2e_request_latency_seconds_count[5m])',
    [[{ pod: 'b' }, 8 * 300]],
  ],
  [
    'avg(vllm:e2e_request_latency_seconds_sum) / avg(vllm:e2e_request_latency_seconds_count)',
    [[{}, 3.7]],
  ],
  [
    'avg(rate(vllm:e2e_request_latency_seconds_sum[5m]) ' +
      '/ rate(vllm:e2e_request_latency_seconds_count[5m]))',
    [[{}, 3.7]],
  ],
  [
    'avg(rate(vllm:prefix_cache_hits_total[5m]) / rate(vllm:prefix_cache_queries_total[5m]))',
    [[{}, 0.18]],
  ],
  [
    'rate(vllm:request_queue_time_seconds_sum[5m])',
    [
      [{ pod: 'a' }, 0.1],
      [{ pod: 'b' }, 2],
    ],
  ],
  ['avg(vllm:gpu_cache_usage_perc)', [[{}, 1]]],
  ['sum(vllm:num_requests_running{model_name="gone"}) or vector(0)', []],
  ['count(up{job="vllm"} == 1) < 40', [[{}, 0]]],
  ['1 - avg(rate(vllm:iteration_tokens_total_count[5m]) > 0)', [[{}, 0.5]]],
  ['sum(vllm:num_requests_running) / 2', [[{}, 1]]],
  [
    'sum by (model_name, pod) (rate(vllm:generation_tokens_total[5m])) ' +
      '/ sum by (model_name) (rate(vllm:generation_tokens_total[5m]))',
    [
      [{ pod: 'a' }, 0.1],
      [{ pod: 'b' }, 0.9],
    ],
  ],
  ['vllm:num_preemptions_total > 0', [[{ pod: 'b' }, 150]]],
  ['max(vllm:cache_config_info)', [[{ block_size: '16', num_gpu_blocks: '9' }, 2]]],
  [
    'sum(rate(vllm:prefix_cache_hits_total{pod="b"}[5m])) ' +
      '/ clamp_min(sum(rate(vllm:prefix_cache_queries_total{pod="b"}[5m])), 10000)',
    [[{}, 0.1]],
  ],
  ['delta(vllm:num_preemptions_total{pod="b"}[10m])', [[{ pod: 'b' }, 300]]],
  ['rate(sum by (model_name) (vllm:generation_tokens_total)[5m:15s])', [[{}, 1000]]],
  [
    'histogram_quantile(0.9, sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m]))) ' +
      '+ histogram_quantile(0.9, sum by (le) (rate(vllm:request_prefill_time_seconds_bucket[5m])))',
    [[{}, 1.81 + 0.92]],
  ],
];

let server;
let folder;
before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-lint-'));
  server = await startPrometheus({ backfill: toOpenMetrics(series) });
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(query) {
  const parameters = new URLSearchParams({ query, time: String(end) });
  const response = await fetch(`${server.url}/api/v1/query?${parameters}`);
  const answer = await response.json();
  assert.equal(answer.status, 'success', `${query}: ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => [metric, Number(value[1])]);
}

/** Whether the answer has exactly these series; labels that are not named are not looked at. */
function isRight(answer, expected) {
  return (
    answer.length === expected.length &&
    expected.every(([labels, value]) =>
      answer.some(
        ([metric, found]) =>
          Object.entries(labels).every(([name, text]) => metric[name] === text) &&
          Math.abs(found - value) <= 1e-6 * Math.max(1, Math.abs(value)),
      ),
    )
  );
}

/** Wrong for other data than these: the reset that a sum hides, a mean of equal parts. */
const lucky = /^delta|^rate\(sum/;

test('a corrected query returns the right answer, the broken one does not', async () => {
  const file = path.join(folder, 'rules.json');
  // The titles promise times, because one of the mistakes is in the title.
  const rules = cases.map(([expr], index) => ({ alert: `Time ${index}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'broken', rules }] }));
  const { status, stdout } = await runProgram(['lint', '--format', 'json', file]);
  assert.equal(status, 1);
  const { findings } = JSON.parse(stdout);
  for (const [index, [broken, expected]] of cases.entries()) {
    const finding = findings.find(({ place }) => place === `Time ${index}`);
    assert.ok(finding?.corrected, `nothing is found in ${broken}`);
    const right = await ask(finding.corrected);
    assert.ok(isRight(right, expected), `${finding.corrected}: ${JSON.stringify(right)}`);
    if (lucky.test(broken)) continue;
    const wrong = await ask(broken);
    assert.ok(!isRight(wrong, expected), `${broken} is right: ${JSON.stringify(wrong)}`);
  }
});
