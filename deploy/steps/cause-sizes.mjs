// How much code each cause adds to the WebAssembly module: the shipped functions' sizes, by the
// names that the build lists beside them.

const magicBytes = 8;
const importSection = 2;
const codeSection = 10;
const functionKind = 0;

/**
 * Bytes of code by cause, largest first: `[{ id, bytes }]`. `names` is the build's list, a line
 * `NUMBER:name` a function; a function belongs to the cause in whose module it is written.
 */
export function causeSizes(wasm, names) {
  const sizes = functionSizes(wasm);
  const totals = new Map();
  for (const line of names.split('\n')) {
    const [, number, module] = /^(\d+):.*?triage::rules::(\w+)::/.exec(line) ?? [];
    if (module === undefined) continue;
    const bytes = sizes.get(Number(number));
    if (bytes === undefined) throw new Error(`the module has no function ${number}`);
    const id = module.replaceAll('_', '-');
    totals.set(id, (totals.get(id) ?? 0) + bytes);
  }
  return [...totals]
    .map(([id, bytes]) => ({ id, bytes }))
    .sort((one, other) => other.bytes - one.bytes);
}

/** Bytes of each function's body by its number, which counts the imported ones first. */
function functionSizes(wasm) {
  const sizes = new Map();
  let imported = 0;
  for (const { id, start } of sections(wasm)) {
    const reader = readerAt(wasm, start);
    if (id === importSection) imported = importedFunctions(reader);
    if (id !== codeSection) continue;
    const count = reader.number();
    for (let index = 0; index < count; index += 1) {
      const bytes = reader.number();
      sizes.set(imported + index, bytes);
      reader.skip(bytes);
    }
  }
  return sizes;
}

function sections(wasm) {
  const found = [];
  const reader = readerAt(wasm, magicBytes);
  while (!reader.done()) {
    const id = reader.number();
    const bytes = reader.number();
    found.push({ id, start: reader.at() });
    reader.skip(bytes);
  }
  return found;
}

function importedFunctions(reader) {
  const count = reader.number();
  let functions = 0;
  for (let index = 0; index < count; index += 1) {
    reader.skip(reader.number());
    reader.skip(reader.number());
    if (reader.number() !== functionKind) throw new Error('an import that is not a function');
    reader.number();
    functions += 1;
  }
  return functions;
}

function readerAt(bytes, start) {
  let at = start;
  return {
    at: () => at,
    done: () => at >= bytes.length,
    skip: (count) => {
      at += count;
    },
    /** An unsigned number of at most 32 bits, in groups of seven, the lowest first. */
    number: () => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at];
        at += 1;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    },
  };
}
