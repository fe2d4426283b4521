// What the published incident's report must say, whichever way its data came in. The figures are
// recomputed from the two scrapes by hand and by the incident's generator; none is taken from this
// program.

import assert from 'node:assert/strict';

import { exit, finding, quantile } from './program.mjs';

/**
 * Asserts a number within a relative tolerance of one per mille: the figures below carry four
 * digits.
 */
function near(actual, expected, what) {
  assert.ok(
    Math.abs(actual - expected) <= 1e-3 * Math.abs(expected),
    `${what}: ${actual}, expected ${expected}`,
  );
}

/**
 * Two slots, three chats: the verdict, the cap, what is ruled out, the action, the bounds and the
 * impossible order.
 */
export function assertSlotCap({ status, report, stderr }) {
  assert.ok(report, `no report: ${stderr}`);
  assert.equal(report.verdict.id, 'slot-cap', report.verdict.sentence);
  assert.equal(report.verdict.state, 'firing');
  assert.equal(status, exit.finding);

  const cap = report.limits.find(({ name }) => name === 'max_num_seqs');
  assert.equal(cap?.value, 2);
  assert.equal(cap.provenance, 'inferred');
  assert.equal(cap.usage_share, 1);

  assert.equal(report.verdict.action.id, 'raise-max-num-seqs');
  assert.ok(
    report.verdict.action.avoid.includes('scale-out-first'),
    'scale-out is advised against',
  );
  assert.ok(
    report.verdict.action.avoid.includes('lower-max-num-seqs'),
    'a smaller cap is advised against',
  );
}

/** Memory is excluded by numbers: the KV cache's share and the preemptions. */
export function assertMemoryRuledOut({ report }) {
  const memory = finding(report, 'slot-cap').rules_out.find(({ id }) => id === 'kv-thrash');
  assert.ok(memory, 'slot-cap names kv-thrash among what it rules out');
  assert.match(memory.because, /\b(1\.7|2) ?%/);
  assert.match(memory.because, /\b(0|no) preemptions?\b/i);
  assert.equal(finding(report, 'kv-thrash').state, 'clear');
}

/** A count beside contradictions is no figure: it is left out, never another number. */
function assertCount({ window, verdict }, requests) {
  const expected = verdict.id === 'telemetry-fault' ? undefined : requests;
  assert.equal(window.finished_requests, expected);
}

/** The 96 requests between the two scrapes with two slots. */
export function assertBeforeFigures({ report }) {
  assertCount(report, 96);
  near(report.signals.ttft.mean, 3.1479, 'mean TTFT');
  near(report.signals.queue_time.mean, 3.0707, 'mean queue time');

  const ttft = quantile(report, 'ttft');
  near(ttft.lo, 6.0506, 'lower bound of the TTFT p95');
  assert.equal(ttft.hi, 7.5);
  near(ttft.point, 7.25, 'PromQL TTFT p95');
  assert.equal(ttft.basis, 'exact');

  const queue = quantile(report, 'queue_time');
  near(queue.point, 9.5, 'PromQL queue p95');
  near(queue.lo, 5.4634, 'lower bound of the queue p95');
  assert.ok(queue.hi <= 10);
  assert.equal(queue.artefact, true, 'a queue p95 above the TTFT p95 is named as an artefact');
  assert.match(queue.artefact_reason, /first token|TTFT/i);
  assert.ok(
    queue.order_hi <= 7.5,
    `the order of the two metrics caps the queue p95, got ${queue.order_hi}`,
  );
}

/** The 132 requests between the two scrapes with sixteen slots: healthy. */
export function assertHealthyAfter({ status, report, stderr }) {
  assert.ok(report, `no report: ${stderr}`);
  assert.equal(report.verdict.id, 'healthy', report.verdict.sentence);
  assert.equal(report.verdict.state, 'clear');
  assert.equal(report.verdict.action, undefined);
  assert.equal(status, exit.healthy);
  assertAfterFigures({ report });
}

/**
 * Five minutes of work that a scraper saw within seconds: more sequences decode at a time, by their
 * latencies, than run.
 */
export function assertTooFast({ status, report, stderr }) {
  assert.ok(report, `no report: ${stderr}`);
  assert.equal(report.verdict.id, 'telemetry-fault', report.verdict.sentence);
  assert.match(report.verdict.sentence, /sequences decode at a time/);
  assert.equal(status, exit.finding);
}

/** The figures of the 132 requests. */
export function assertAfterFigures({ report }) {
  assertCount(report, 132);

  const queue = quantile(report, 'queue_time');
  assert.ok(queue.hi <= 0.0178, `the sum proves a queue p95 of at most 17.8 ms, got ${queue.hi}`);
  near(queue.point, 0.285, 'PromQL queue p95');
  assert.equal(queue.outside_bounds, true);
  assert.equal(queue.artefact, true);

  const e2e = quantile(report, 'e2e');
  near(e2e.lo, 6.7218, 'lower bound of the E2E p95');
  assert.equal(e2e.hi, 10);
}
