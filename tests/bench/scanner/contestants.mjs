// The ways from the bytes of a response to its columns, in a page or in Node.

import { loadModule } from '../module.mjs';
import { readColumns } from '../sums.mjs';
import { makeResponse } from './responses.mjs';
import { scan } from './rival.mjs';

/** Makes the response and checks that all contestants read the same numbers from it. */
export async function prepare(url, { kind, series, samples }) {
  const { Columns } = await loadModule(url, 'scanner');
  const bytes = makeResponse(kind, series, samples);
  const decoder = new TextDecoder();
  const contestants = {
    scanner: () => Columns.scan(bytes),
    decoding: () => decoder.decode(bytes),
    parsing: () => readColumns(JSON.parse(decoder.decode(bytes))),
    careful: () => scan(bytes),
  };
  assertSame(contestants, series);
  return {
    facts: { megabytes: bytes.length / 1e6 },
    /** Milliseconds of one run. What came out is given back afterwards. */
    time(name) {
      const began = performance.now();
      const result = contestants[name]();
      const ms = performance.now() - began;
      result.free?.();
      return ms;
    },
  };
}

/** Bit for bit, before any time is taken. */
function assertSame({ scanner, parsing, careful }, count) {
  const scanned = scanner();
  try {
    for (const rival of [parsing(), careful()]) {
      if (rival.length !== count || scanned.series() !== count)
        throw new Error('not the same number of series');
      rival.forEach(({ times, column }, series) => {
        const milliseconds = times.map((seconds) => Math.round(seconds * 1000));
        if (!sameBits(scanned.times(series), milliseconds))
          throw new Error(`other times in series ${series}`);
        if (!sameBits(scanned.values(series), column))
          throw new Error(`other values in series ${series}`);
      });
    }
  } finally {
    scanned.free();
  }
}

function sameBits(left, right) {
  const bits = (column) => new BigUint64Array(column.buffer, column.byteOffset, column.length);
  const [leftBits, rightBits] = [bits(left), bits(right)];
  return (
    leftBits.length === rightBits.length &&
    leftBits.every((value, index) => value === rightBits[index])
  );
}
