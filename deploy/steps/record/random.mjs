// A seeded source of random numbers: the same seed gives the same prompts, lengths and arrivals.

/** What can be drawn from one seed, a whole number or a text. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = hash(String(seed));
  }

  /** A number in [0, 1). */
  fraction() {
    // Weyl sequence with a finaliser of two multiplications: a full period of 2³², which is far
    // more draws than a recording has tokens.
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  whole([low, high]) {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** A number from `low` to `high`. */
  between([low, high]) {
    return low + this.fraction() * (high - low);
  }

  /** The time to the next event of a Poisson process with this rate, in the rate's unit of time. */
  gap(rate) {
    return -Math.log(1 - this.fraction()) / rate;
  }
}

/** 32 bits of a text (FNV-1a). */
function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ character.codePointAt(0), 0x01000193) >>> 0;
  }
  return value;
}
