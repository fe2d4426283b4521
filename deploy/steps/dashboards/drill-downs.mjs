// The drill-down rows below the panel: the evidence behind each kind of verdict, one row for each
// place to look.

import { row, timeSeries } from './document.mjs';

const quantiles = [
  [0.5, 'p50'],
  [0.95, 'p95'],
  [0.99, 'p99'],
];

const quantileTargets = (metrics, role) => [
  ...quantiles.map(([quantile, legend]) => ({ expr: metrics.quantile(quantile, role), legend })),
  { expr: metrics.mean(role), legend: 'mean' },
];

/** Where a request spends its time, and what users feel of it. */
export function latency(metrics) {
  const phase = (role, legend) => ({ expr: metrics.mean(role), legend });
  const whole = metrics.sumRate('e2e');
  const rest = `clamp_min(${whole} - ${metrics.sumRate('queue_time')} - ${metrics.sumRate('inference_time')}, 0)`;
  return row('Latency', [
    timeSeries({
      title: 'Mean time of a finished request, by phase',
      description:
        'Means add up, quantiles do not. A request counts when it finishes, so a change shows one request length late.',
      unit: 's',
      stacked: true,
      width: 12,
      colors: { 'front end': 'text', queue: 'orange', prefill: 'super-light-blue', decode: 'blue' },
      targets: [
        { expr: `${rest} / ${metrics.observationRate('e2e')}`, legend: 'front end' },
        phase('queue_time', 'queue'),
        phase('prefill_time', 'prefill'),
        phase('decode_time', 'decode'),
      ],
    }),
    timeSeries({
      title: 'Time to first token',
      description: 'Recorded at the first token, so it shows trouble earlier than the phases do.',
      unit: 's',
      width: 12,
      targets: quantileTargets(metrics, 'ttft'),
    }),
    timeSeries({
      title: 'Inter-token latency',
      description: 'One observation for each output of the engine, not for each token.',
      unit: 's',
      width: 12,
      targets: quantileTargets(metrics, 'itl'),
    }),
    timeSeries({
      title: 'End-to-end latency',
      description:
        'From the arrival of a request to its last token; requests that clients gave up are missing.',
      unit: 's',
      width: 12,
      targets: quantileTargets(metrics, 'e2e'),
    }),
  ]);
}

/** Who runs, who waits, and who is turned away. */
export function scheduler(metrics) {
  return row('Scheduler', [
    timeSeries({
      title: 'Requests in the engine',
      description: 'Running that stays at one value while requests wait is a limit on sequences.',
      targets: [
        { expr: metrics.gauge('running'), legend: 'running' },
        { expr: metrics.gauge('waiting'), legend: 'waiting' },
      ],
    }),
    timeSeries({
      title: 'Waiting, by reason',
      description:
        'For capacity: slots or KV blocks. Deferred: a transfer of KV blocks or an adapter is awaited.',
      targets: [
        { expr: metrics.gauge('waiting_capacity'), legend: 'capacity' },
        { expr: metrics.gauge('waiting_deferred'), legend: 'deferred' },
      ],
    }),
    timeSeries({
      title: 'Finished and rejected',
      description: 'Every way to finish counts as finished: stop, length, abort, error.',
      unit: 'reqps',
      targets: [
        {
          expr: metrics.rate('requests_finished', ['finished_reason']),
          legend: '{{finished_reason}}',
        },
        { expr: metrics.rate('rejections', ['reason']), legend: 'rejected: {{reason}}' },
      ],
    }),
  ]);
}

/** The KV cache and what its shortage costs. */
export function memory(metrics) {
  return row('Memory', [
    timeSeries({
      title: 'KV cache in use, fullest engine',
      description: 'Blocks of live requests only; blocks kept for prefix reuse count as free.',
      unit: 'percentunit',
      max: 1,
      targets: [{ expr: metrics.gauge('kv_usage', ['instance'], 'max'), legend: '{{instance}}' }],
    }),
    timeSeries({
      title: 'Preemptions',
      description:
        'A preempted request loses its KV blocks and computes them again; the wait appears in decode.',
      unit: 'ops',
      targets: [{ expr: metrics.rate('preemptions', ['instance']), legend: '{{instance}}' }],
    }),
    timeSeries({
      title: 'Prefix cache, share of tokens hit',
      description: 'Prompt tokens that were found in the cache, of those that were looked up.',
      unit: 'percentunit',
      max: 1,
      targets: [
        {
          expr: `(${metrics.rate('prefix_cache_hits')}) / (${metrics.rate('prefix_cache_queries')})`,
          legend: 'hits',
        },
      ],
    }),
  ]);
}

/** What the clients send. */
export function workload(metrics) {
  return row('Workload', [
    timeSeries({
      title: 'Tokens',
      description: 'Prompt tokens include those found in the prefix cache.',
      unit: 'short',
      targets: [
        { expr: metrics.rate('prompt_tokens'), legend: 'prompt tokens/s' },
        { expr: metrics.rate('generation_tokens'), legend: 'generated tokens/s' },
      ],
    }),
    timeSeries({
      title: 'Tokens of a finished request, mean',
      description: 'Uncached prompt tokens are those the prefix cache did not save.',
      targets: [
        { expr: metrics.mean('prompt_tokens_per_request'), legend: 'prompt' },
        { expr: metrics.mean('computed_prompt_tokens_per_request'), legend: 'prompt, computed' },
        { expr: metrics.mean('generation_tokens_per_request'), legend: 'generated' },
      ],
    }),
    timeSeries({
      title: 'Prompt tokens of a finished request',
      description: 'How long prompts are, those found in the prefix cache included.',
      targets: quantileTargets(metrics, 'prompt_tokens_per_request'),
    }),
    timeSeries({
      title: 'Generated tokens of a finished request',
      description: 'How long answers are. A request counts when it ends.',
      targets: quantileTargets(metrics, 'generation_tokens_per_request'),
    }),
    timeSeries({
      title: 'Tokens of a step',
      description:
        'Prompt and output tokens that the engine computes together; a prompt is booked on its last step.',
      targets: quantileTargets(metrics, 'tokens_per_step'),
    }),
    timeSeries({
      title: 'Tokens per second of a running request',
      description: 'What one reader gets: generated tokens by the requests that run.',
      targets: [
        {
          expr: `(${metrics.rate('generation_tokens')}) / (${metrics.gauge('running')})`,
          legend: 'tokens/s',
        },
      ],
    }),
    timeSeries({
      title: 'Requests',
      description:
        'First tokens count requests as they start to answer, finished ones when they end.',
      unit: 'reqps',
      targets: [
        { expr: metrics.observationRate('ttft'), legend: 'first tokens' },
        { expr: metrics.observationRate('e2e'), legend: 'finished' },
      ],
    }),
  ]);
}

/** One line for each engine, or each value of these labels, to find the one that differs. */
export function byReplica(metrics, { title = 'Fleet', labels = ['instance', 'engine'] } = {}) {
  const legend = labels.map((label) => `{{${label}}}`).join(' ');
  const each = (query) => [{ expr: query, legend }];
  return row(title, [
    timeSeries({
      title: 'First tokens per second',
      description: 'The share of each replica of the load.',
      unit: 'reqps',
      targets: each(metrics.observationRate('ttft', labels)),
    }),
    timeSeries({ title: 'Running', targets: each(metrics.gauge('running', labels)) }),
    timeSeries({ title: 'Waiting', targets: each(metrics.gauge('waiting', labels)) }),
    timeSeries({
      title: 'KV cache in use, fullest',
      unit: 'percentunit',
      max: 1,
      targets: each(metrics.gauge('kv_usage', labels, 'max')),
    }),
    timeSeries({
      title: 'Mean time to first token',
      unit: 's',
      targets: each(metrics.mean('ttft', labels)),
    }),
    timeSeries({
      title: 'Mean inter-token latency',
      unit: 's',
      targets: each(metrics.mean('itl', labels)),
    }),
    timeSeries({
      title: 'Time to first token, p99',
      description: 'An estimate within one bucket; the panel above proves its bounds.',
      unit: 's',
      targets: each(metrics.quantile(0.99, 'ttft', labels)),
    }),
    timeSeries({
      title: 'Inter-token latency, p99',
      description: 'An estimate within one bucket; the panel above proves its bounds.',
      unit: 's',
      targets: each(metrics.quantile(0.99, 'itl', labels)),
    }),
    timeSeries({
      title: 'Generated tokens per second',
      targets: each(metrics.rate('generation_tokens', labels)),
    }),
    timeSeries({
      title: 'Prefix cache, share of tokens hit',
      unit: 'percentunit',
      max: 1,
      targets: each(
        `(${metrics.rate('prefix_cache_hits', labels)}) / (${metrics.rate('prefix_cache_queries', labels)})`,
      ),
    }),
    timeSeries({
      title: 'Preemptions',
      unit: 'ops',
      targets: each(metrics.rate('preemptions', labels)),
    }),
  ]);
}
