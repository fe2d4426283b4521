// An order of a wasm module's functions in which they compress well.
//
// The compressor finds what it has seen a few thousand bytes before. So each function is followed
// by the one that shares most with the last few kilobytes, for its length. The order is written as
// numbers before the names, by which wasm-opt sorts.

/** Length of the sequences of bytes by which functions are compared. */
const sequenceLength = 6;

/** What is in more functions than this is in reach everywhere. */
const commonAt = 40;

/** How far back a function is compared with what stands before it, bytes. */
const reach = 6000;

/** Added to a function's length, so that the shortest do not win by one sequence. */
const shortest = 20;

const sections = { custom: 0, import: 2, code: 10 };

/**
 * The module with a number before the name of each function, in the order in which they compress
 * best.
 */
export function numberFunctions(module) {
  const { bodies, imported, names, others } = readModule(module);
  const digits = String(bodies.length).length;
  const renamed = [...names].filter(([index]) => index < imported);
  orderOf(bodies).forEach((body, place) => {
    const index = imported + body;
    renamed.push([
      index,
      `${String(place).padStart(digits, '0')} ${names.get(index) ?? 'nameless'}`,
    ]);
  });
  return Buffer.concat([others, nameSection(renamed.sort(([left], [right]) => left - right))]);
}

/** A list of `index:name` lines without those numbers. */
export function withoutNumbers(list) {
  return list.replaceAll(/^(\d+:)\d+ /gm, '$1');
}

/**
 * Indices of the bodies, the longest first, then always the one that is most like what stands
 * before it.
 */
export function orderOf(bodies) {
  const sequences = rareSequences(bodies);
  const shared = new Float64Array(bodies.length);
  /** How often each sequence is in reach. */
  const near = new Map();
  const count = (body, step) => {
    for (const [sequence, holders] of sequences[body]) {
      const before = near.get(sequence) ?? 0;
      near.set(sequence, before + step);
      if (before === 0 || before + step === 0) for (const holder of holders) shared[holder] += step;
    }
  };

  const left = new Set(bodies.keys());
  const order = [];
  let first = 0;
  let length = 0;
  while (left.size > 0) {
    const likeness = (body) =>
      order.length > 0 ? shared[body] / (bodies[body].length + shortest) : bodies[body].length;
    let best;
    for (const body of left) if (best === undefined || likeness(body) > likeness(best)) best = body;
    left.delete(best);
    order.push(best);
    count(best, 1);
    length += bodies[best].length;
    while (length > reach && first < order.length - 1) {
      length -= bodies[order[first]].length;
      count(order[first], -1);
      first += 1;
    }
  }
  return order;
}

/** Of each body the sequences that few others hold, with the bodies that hold them. */
function rareSequences(bodies) {
  const holders = new Map();
  const found = bodies.map((body) => {
    const sequences = new Set();
    for (let at = 0; at + sequenceLength <= body.length; at += 1) {
      sequences.add(body.toString('latin1', at, at + sequenceLength));
    }
    return sequences;
  });
  for (const [body, sequences] of found.entries()) {
    for (const sequence of sequences) {
      if (!holders.has(sequence)) holders.set(sequence, []);
      holders.get(sequence).push(body);
    }
  }
  const isRare = ({ length }) => length > 1 && length <= commonAt;
  return found.map((sequences) =>
    [...sequences]
      .map((sequence) => [sequence, holders.get(sequence)])
      .filter(([, bodies]) => isRare(bodies)),
  );
}

/**
 * The bodies of a module's functions, how many functions it imports, the names of all, and
 * everything but the names.
 */
function readModule(module) {
  const reader = new Reader(module, 8);
  const others = [module.subarray(0, 8)];
  const found = { bodies: [], imported: 0, names: new Map() };
  while (reader.at < module.length) {
    const start = reader.at;
    const id = reader.byte();
    const end = reader.number() + reader.at;
    if (id === sections.import) found.imported = importedFunctions(reader);
    if (id === sections.code) found.bodies = reader.list(() => reader.bytes());
    if (id === sections.custom && reader.text() === 'name')
      found.names = functionNames(reader, end);
    else others.push(module.subarray(start, end));
    reader.at = end;
  }
  return { ...found, others: Buffer.concat(others) };
}

function importedFunctions(reader) {
  const kinds = reader.list(() => {
    reader.text();
    reader.text();
    const kind = reader.byte();
    // What the glue imports are functions; anything else would need its description read.
    if (kind !== 0)
      throw new Error(`the module imports something of kind ${kind}, which is no function`);
    reader.number();
    return kind;
  });
  return kinds.length;
}

function functionNames(reader, end) {
  while (reader.at < end) {
    const id = reader.byte();
    const next = reader.number() + reader.at;
    if (id === 1) return new Map(reader.list(() => [reader.number(), reader.text()]));
    reader.at = next;
  }
  return new Map();
}

function nameSection(names) {
  const entries = names.map(([index, name]) =>
    Buffer.concat([number(index), sized(Buffer.from(name))]),
  );
  const map = Buffer.concat([number(names.length), ...entries]);
  const functions = Buffer.concat([Buffer.from([1]), sized(map)]);
  const content = Buffer.concat([sized(Buffer.from('name')), functions]);
  return Buffer.concat([Buffer.from([sections.custom]), sized(content)]);
}

function sized(bytes) {
  return Buffer.concat([number(bytes.length), bytes]);
}

/** A whole number in groups of seven bits, the lowest first, as wasm has it. */
function number(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

class Reader {
  constructor(module, at) {
    this.module = module;
    this.at = at;
  }

  byte() {
    return this.module[this.at++];
  }

  number() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }

  bytes() {
    const end = this.number() + this.at;
    const bytes = this.module.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  text() {
    return this.bytes().toString();
  }

  list(item) {
    return Array.from({ length: this.number() }, item);
  }
}
