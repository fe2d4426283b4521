// An exporter whose histograms are native: the recorded expositions in Prometheus's protocol-buffer
// format, counts and sums exact, the observations of each classic bucket in the exponential bucket
// that holds its upper bound.

import { createServer } from 'node:http';

import { parseExposition } from '../../../deploy/steps/openmetrics.mjs';

const contentType =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

/** Resolution of the exponential buckets: eight to a doubling. */
const schema = 3;

/** Field numbers and types of io.prometheus.client.MetricFamily. */
const types = { counter: 0, gauge: 1, histogram: 4 };

/** Shows one exposition after the other; `show(index)` switches at once. */
export async function startNativeSequence(expositions) {
  const bodies = expositions.map((text) => encodeFamilies(parseExposition(text)));
  let shown = 0;
  const server = createServer((request, response) => {
    if (!request.headers.accept?.includes('application/vnd.google.protobuf')) {
      return response.writeHead(406).end('native histograms need the protocol-buffer format\n');
    }
    return response.writeHead(200, { 'content-type': contentType }).end(bodies[shown]);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${server.address().port}`,
    show: (index) => (shown = index),
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function encodeFamilies(samples) {
  const families = new Map();
  for (const { metric, value } of samples) {
    const { __name__: name, le, ...labels } = metric;
    const part = /^(.*)_(bucket|sum|count)$/.exec(name);
    const base =
      part && samples.some((other) => other.metric.__name__ === `${part[1]}_bucket`)
        ? part[1]
        : name;
    const family = families.get(base) ?? new Map();
    families.set(base, family);
    const key = JSON.stringify(labels);
    const entry = family.get(key) ?? { labels, buckets: [] };
    family.set(key, entry);
    if (base === name) entry.value = Number(value);
    else if (part[2] === 'bucket')
      entry.buckets.push([le === '+Inf' ? Infinity : Number(le), Number(value)]);
    else entry[part[2]] = Number(value);
  }
  return Buffer.concat(
    [...families].map(([name, family]) => delimited(encodeFamily(name, [...family.values()]))),
  );
}

function encodeFamily(name, entries) {
  const kind =
    entries[0].buckets.length > 0 ? 'histogram' : name.endsWith('_total') ? 'counter' : 'gauge';
  const metrics = entries.map((entry) =>
    message(4, Buffer.concat([...labelPairs(entry.labels), ...valueOf(kind, entry)])),
  );
  return Buffer.concat([text(1, name), number(3, types[kind]), ...metrics]);
}

function labelPairs(labels) {
  return Object.entries(labels).map(([name, value]) =>
    message(1, Buffer.concat([text(1, name), text(2, value)])),
  );
}

function valueOf(kind, entry) {
  if (kind === 'gauge') return [message(2, double(1, entry.value))];
  if (kind === 'counter') return [message(3, double(1, entry.value))];
  return [message(7, encodeHistogram(entry))];
}

function encodeHistogram({ count, sum, buckets }) {
  const counts = exponentialCounts(buckets);
  const parts = [
    number(1, count),
    double(2, sum),
    signed(5, schema),
    double(6, 1e-128),
    number(7, 0),
  ];
  let [last, before] = [undefined, 0];
  for (const [index, observations] of counts) {
    // One span a bucket: the offset of the first is its index, of the others the gap to their
    // predecessor.
    const offset = last === undefined ? index : index - last - 1;
    parts.push(
      message(12, Buffer.concat([signed(1, offset), number(2, 1)])),
      signed(13, observations - before),
    );
    [last, before] = [index, observations];
  }
  return Buffer.concat(parts);
}

/**
 * Observations by the index of their exponential bucket, ascending; cumulative classic counts in.
 */
function exponentialCounts(buckets) {
  const counts = new Map();
  const ascending = [...buckets].sort(([one], [other]) => one - other);
  let [below, lower] = [0, 0];
  for (const [upper, cumulative] of ascending) {
    const observations = cumulative - below;
    const bound = Number.isFinite(upper) ? upper : 2 * lower;
    const index = Math.ceil(Math.log2(bound) * 2 ** schema - 1e-9);
    if (observations > 0) counts.set(index, (counts.get(index) ?? 0) + observations);
    [below, lower] = [cumulative, upper];
  }
  return [...counts].sort(([one], [other]) => one - other);
}

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function number(field, value) {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

/** Zigzag: small negative numbers stay short. */
function signed(field, value) {
  return number(field, value < 0 ? -2 * value - 1 : 2 * value);
}

function double(field, value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((field << 3) | 1), bytes]);
}

function message(field, bytes) {
  return Buffer.concat([varint((field << 3) | 2), delimited(bytes)]);
}

function text(field, value) {
  return message(field, Buffer.from(value));
}

function delimited(bytes) {
  return Buffer.concat([varint(bytes.length), bytes]);
}
