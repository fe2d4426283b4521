// Saved responses that are damaged, strange or hostile: each has one designed answer and exit
// status.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { pairSeries } from '../../deploy/steps/incidents.mjs';
import { assertBeforeFigures, assertSlotCap } from './expectations.mjs';
import { diagnose, diagnoseResponses, exit, matrix, printResponses, quantile } from './program.mjs';

const incident = pairSeries('before');

/** A refusal: its status, no report, and one sentence that says what is wrong. */
async function assertRefused(content, sentence, status = exit.badData) {
  const answer = await diagnoseResponses([content]);
  assert.equal(answer.status, status, `${answer.stdout}${answer.stderr}`);
  assert.equal(answer.stdout, '', 'a refusal prints no report');
  assert.match(answer.stderr, sentence);
  assert.ok(answer.stderr.trim().split('\n').length <= 2, `one sentence, got: ${answer.stderr}`);
  assert.doesNotMatch(answer.stderr, /panicked|RUST_BACKTRACE/);
}

/** Two answers with one report, byte for byte. */
function assertSameReport(actual, expected) {
  assert.ok(expected.report, expected.stderr);
  assert.equal(actual.stdout, expected.stdout);
  assert.equal(actual.status, expected.status);
}

/** The series with every sample replaced by what `change` makes of it. */
function eachSample(series, change) {
  return series.map(({ metric, values }) => ({
    metric,
    values: values.map(([seconds, value], index) => [seconds, change({ metric, value, index })]),
  }));
}

function isCounter({ __name__: name }) {
  return /_(total|bucket|sum|count)$/.test(name);
}

test('undamaged, as text and as gzip: the slot cap', async () => {
  const plain = await diagnoseResponses([matrix(incident)]);
  assertSlotCap(plain);
  assertBeforeFigures(plain);
  const compressed = await diagnoseResponses([gzipSync(JSON.stringify(matrix(incident)))]);
  assertSameReport(compressed, plain);
});

test('in several files: the same report', async () => {
  const whole = await diagnoseResponses([matrix(incident)]);
  const middle = Math.floor(incident.length / 2);
  const parts = await diagnoseResponses([
    matrix(incident.slice(0, middle)),
    matrix(incident.slice(middle)),
  ]);
  assertSameReport(parts, whole);
});

test('renamed under a known prefix: the same verdict', async () => {
  const renamed = incident.map(({ metric, values }) => ({
    metric: { ...metric, __name__: metric.__name__.replace('vllm:', 'kserve_vllm:') },
    values,
  }));
  const answer = await diagnoseResponses([matrix(renamed)]);
  assertSlotCap(answer);
  assert.equal(answer.report.scopes[0].engine.prefix, 'kserve_vllm:');
});

test('renamed beyond recognition: refused, naming what was found', async () => {
  const renamed = incident.map(({ metric, values }) => ({
    metric: { ...metric, __name__: metric.__name__.replace('vllm:', 'acme_') },
    values,
  }));
  await assertRefused(matrix(renamed), /no vLLM metrics.*acme_/s);
});

test('missing families: cannot tell, naming what is missing', async () => {
  const onlyFirstToken = incident.filter(({ metric }) =>
    metric.__name__.startsWith('vllm:time_to_first_token'),
  );
  const { status, report, stderr } = await diagnoseResponses([matrix(onlyFirstToken)]);
  assert.ok(report, stderr);
  assert.equal(report.verdict.id, 'cannot-tell');
  assert.equal(status, exit.cannotTell);
  const missing = report.findings.flatMap((finding) => finding.missing);
  assert.ok(missing.includes('queue_time'), `missing: ${missing.join(', ')}`);
  assert.equal(report.signals.queue_time, undefined, 'an absent signal is absent, not zero');
});

test('empty result: refused, because no engine is in it', () =>
  assertRefused(matrix([]), /no series/));

test('empty file: refused', () => assertRefused('', /empty/));

test('series without samples: cannot tell or refused, never healthy', async () => {
  const { status, report } = await diagnoseResponses([
    matrix(incident.map(({ metric }) => ({ metric, values: [] }))),
  ]);
  assert.notEqual(report?.verdict.id, 'healthy');
  assert.ok([exit.cannotTell, exit.badData].includes(status), `status ${status}`);
});

test('an idle engine: a note that no request arrived, and nothing called healthy', async () => {
  const idle = eachSample(incident, ({ metric, value }) =>
    /running|waiting|usage/.test(metric.__name__) ? '0' : value,
  );
  const still = idle.map(({ metric, values }) => ({
    metric,
    values: values.map(([seconds]) => [seconds, values[0][1]]),
  }));
  const { status, report, stderr } = await diagnoseResponses([matrix(still)]);
  assert.ok(report, stderr);
  assert.equal(report.verdict.id, 'low-traffic', report.verdict.sentence);
  assert.equal(report.verdict.severity, 'info');
  assert.equal(status, exit.healthy);
});

test('one sample of each series: cannot tell', async () => {
  const one = incident.map(({ metric, values }) => ({ metric, values: values.slice(-1) }));
  const { status, report, stderr } = await diagnoseResponses([matrix(one)]);
  assert.ok(report, stderr);
  assert.equal(report.verdict.id, 'cannot-tell');
  assert.equal(status, exit.cannotTell);
});

test('truncated: refused, saying that it is cut off', async () => {
  const text = JSON.stringify(matrix(incident));
  for (const share of [0.001, 0.3, 0.9999])
    await assertRefused(text.slice(0, text.length * share), /cut off/);
});

test('truncated gzip: refused', async () => {
  const bytes = gzipSync(JSON.stringify(matrix(incident)));
  await assertRefused(bytes.subarray(0, bytes.length / 2), /gzip|cut off|incomplete|compressed/i);
});

test('laden with NaN: the verdict stands on what is left, with a caveat', async () => {
  const laden = eachSample(incident, ({ value, index }) => (index % 4 === 1 ? 'NaN' : value));
  const answer = await diagnoseResponses([matrix(laden)]);
  assertSlotCap(answer);
  const texts = answer.report.quality.caveats.map(({ text }) => text).join('\n');
  assert.match(texts, /NaN|not finite|not a number|infinite/i);
});

test('nothing but NaN and infinities: cannot tell or refused, never healthy', async () => {
  for (const value of ['NaN', '+Inf', '-Inf']) {
    const { status, report } = await diagnoseResponses([matrix(eachSample(incident, () => value))]);
    assert.notEqual(report?.verdict.id, 'healthy', value);
    assert.ok([exit.cannotTell, exit.badData].includes(status), `${value}: status ${status}`);
  }
});

test('laden with falls: no increase is negative, and what falls and comes back is named', async () => {
  const jump = incident[0].values.length - 6;
  // Every fourth sample is zero, and the next goes on as before: two processes behind one target.
  const laden = eachSample(incident, ({ metric, value, index }) => {
    if (!isCounter(metric)) return value;
    return index < jump && index % 4 === 3 ? '0' : value;
  });
  const { report, status, stderr } = await diagnoseResponses([matrix(laden)]);
  assert.ok(report, stderr);
  assert.notEqual(report.verdict.id, 'healthy');
  assert.ok([exit.finding, exit.cannotTell].includes(status));
  assert.ok(
    report.quality.caveats.some(({ id }) => id === 'shared-target'),
    'a caveat names the shared target',
  );
  for (const signal of Object.values(report.signals)) {
    if (signal.count !== undefined) assert.ok(signal.count >= 0);
    for (const { lo, hi } of signal.quantiles) assert.ok(lo >= 0 && (hi === undefined || hi >= lo));
  }
});

test('torn, a sum without its buckets: the exact mean stays, no quantile is made up', async () => {
  const torn = incident.filter(
    ({ metric }) => metric.__name__ !== 'vllm:time_to_first_token_seconds_bucket',
  );
  const { report, stderr } = await diagnoseResponses([matrix(torn)]);
  assert.ok(report, stderr);
  assert.notEqual(report.verdict.id, 'healthy');
  assert.ok(Math.abs(report.signals.ttft.mean - 3.1479) < 1e-3);
  assert.deepEqual(report.signals.ttft.quantiles, []);
});

test('torn, a sum that its buckets contradict: the bucket alone, with a caveat', async () => {
  const last = incident[0].values.length - 6;
  const torn = eachSample(incident, ({ metric, value, index }) =>
    metric.__name__ === 'vllm:time_to_first_token_seconds_sum' && index > last
      ? String(Number(value) + 1e4)
      : value,
  );
  const { report, stderr } = await diagnoseResponses([matrix(torn)]);
  assert.ok(report, stderr);
  const { lo, hi } = quantile(report, 'ttft');
  assert.deepEqual([lo, hi], [5, 7.5]);
  assert.ok(report.quality.caveats.length > 0 && report.quality.grade !== 'A');
});

test('shuffled series, labels and samples: the same report, byte for byte', async () => {
  const ordered = await diagnoseResponses([matrix(incident)]);
  const turned = incident
    .map(({ metric, values }) => ({
      values,
      metric: Object.fromEntries(Object.entries(metric).reverse()),
    }))
    .reverse();
  const interleaved = [
    ...turned.filter((_, index) => index % 3 !== 1),
    ...turned.filter((_, index) => index % 3 === 1),
  ];
  assertSameReport(await diagnoseResponses([matrix(interleaved)]), ordered);
  const backwards = incident.map(({ metric, values }) => ({ metric, values: values.toReversed() }));
  assertSameReport(await diagnoseResponses([matrix(backwards)]), ordered);
});

test('negative counters: left out with a caveat, the verdict stands', async () => {
  const negative = eachSample(incident, ({ metric, value, index }) =>
    isCounter(metric) && index === 10 ? '-5' : value,
  );
  const answer = await diagnoseResponses([matrix(negative)]);
  assertSlotCap(answer);
  assert.ok(answer.report.quality.caveats.some(({ id, text }) => /negative/.test(`${id} ${text}`)));
});

test('a router’s copies of the gauges: counted once', async () => {
  const copies = incident
    .filter(({ metric }) => /num_requests_(running|waiting)$/.test(metric.__name__))
    .map(({ metric: { __name__, job }, values }) => ({
      metric: { __name__, job, instance: 'router', server: 'http://pod-0:8000' },
      values,
    }));
  const answer = await diagnoseResponses([matrix([...incident, ...copies])]);
  assertSlotCap(answer);
  assert.equal(answer.report.signals.running.mean, 2);
  assert.equal(answer.report.scopes.length, 1);
});

test('hostile labels: shown as text, without control characters', async () => {
  const model =
    '</script><img src=x onerror=alert(1)>"\\\u001b]0;pwned\u0007\u001b[2J\u202e\r\n{{7*7}} ${x} %s';
  const hostile = incident.map(({ metric, values }) => ({
    metric: {
      ...metric,
      ...(metric.model_name ? { model_name: model } : {}),
      note: 'x'.repeat(100_000),
    },
    values,
  }));
  const answer = await diagnoseResponses([matrix(hostile)]);
  assertSlotCap(answer);
  assert.equal(answer.report.scopes[0].model, model, 'JSON carries the label as it is');
  const text = await printResponses([matrix(hostile)]);
  assert.equal(text.status, exit.finding, text.stderr);
  assert.doesNotMatch(
    text.stdout + text.stderr,
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
  );
});

const wrongShapes = {
  'an HTML page': ['<html><body>login</body></html>', /HTML/],
  'a list': ['[]', /not a Prometheus range response|JSON object/],
  'a number': ['42', /JSON object/],
  'an object of something else': [{ hello: 'world' }, /not a Prometheus range response|"data"/],
  'a scalar result': [
    { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } },
    /scalar/,
  ],
  'a string result': [
    { status: 'success', data: { resultType: 'string', result: [1, 'x'] } },
    /string/,
  ],
  'data of null': [{ status: 'success', data: null }, /"data"/],
  'a result that is no list': [
    { status: 'success', data: { resultType: 'matrix', result: {} } },
    /list/,
  ],
  'a series without labels': [matrix([{ values: [[1, '2']] }]), /metric/],
  'a sample of three': [matrix([{ metric: {}, values: [[1, '2', '3']] }]), /pair/],
  'a sample that is no number': [matrix([{ metric: {}, values: [[1, 'two']] }]), /not a number/],
  'a label that is no text': [
    matrix([{ metric: { __name__: 7 }, values: [[1, '2']] }]),
    /not a Prometheus range response/,
  ],
  'a deep nest': [`${'['.repeat(100_000)}`, /./],
  'a server’s error': [
    { status: 'error', errorType: 'bad_data', error: 'parse error at 7' },
    /parse error at 7/,
  ],
};

for (const [name, [content, sentence]] of Object.entries(wrongShapes)) {
  test(`wrong shape, ${name}: refused`, () => assertRefused(content, sentence));
}

test('a million series: refused in bounded time and memory, naming the cure', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-million-'));
  try {
    const file = path.join(folder, 'million.json');
    await writeMillionSeries(file);
    const started = Date.now();
    // 1.5 GB of address space for a file of 150 MB: three times the columns, and the file.
    const answer = await diagnose(['--response', file], { limit: '-v 1500000' });
    assert.equal(answer.status, exit.badData, answer.stderr);
    assert.match(answer.stderr, /series/);
    assert.match(answer.stderr, /plan/);
    assert.ok(Date.now() - started < 60_000, 'refused within a minute');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function writeMillionSeries(file) {
  const handle = await open(file, 'w');
  try {
    await handle.write('{"status":"success","data":{"resultType":"matrix","result":[');
    for (let start = 0; start < 1_000_000; start += 10_000) {
      const part = Array.from({ length: 10_000 }, (_, index) => {
        const metric = {
          __name__: 'vllm:num_requests_running',
          engine: '0',
          instance: `pod-${start + index}`,
        };
        return JSON.stringify({
          metric,
          values: [
            [1_780_000_000, '1'],
            [1_780_000_015, '2'],
          ],
        });
      });
      await handle.write(`${start === 0 ? '' : ','}${part.join(',')}`);
    }
    await handle.write(']}}');
  } finally {
    await handle.close();
  }
}
