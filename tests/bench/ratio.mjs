// Statistics of interleaved runs: what a benchmark may claim.

/**
 * Runs every contestant once a round, in alternating order, so that a busy minute hits all of them
 * and what one leaves behind does not always meet the same other. `time` runs one and answers its
 * milliseconds. The first rounds are for the compilers and count for nothing. Returns one object of
 * milliseconds by name for each round.
 */
export async function interleave(names, rounds, time, { warmUps = 2 } = {}) {
  const measured = [];
  for (let round = -warmUps; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    const ms = {};
    for (const name of order) ms[name] = await time(name);
    if (round >= 0) measured.push(ms);
  }
  return measured;
}

/** `[p25, median, p75]` of one contestant. */
export function spread(measured, name) {
  return percentiles(measured.map((ms) => ms[name]));
}

/** `[p25, median, p75]` of rival ÷ ours, paired within each round; above 1 the rival is slower. */
export function ratioOf(measured, ours, rival) {
  return percentiles(measured.map((ms) => ms[rival] / ms[ours]));
}

/** `[p25, median, p75]` */
export function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => {
    const place = q * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return [at(0.25), at(0.5), at(0.75)];
}
