// Tables of combinations in which every two values of different factors meet at least once.

/**
 * Rows of a table for `factors` (`{ name: [value, …] }`), the same every time: each row takes,
 * factor by factor, the value that meets most others for the first time.
 */
export function pairwise(factors) {
  const open = new Set(allPairs(factors));
  const rows = [];
  while (open.size > 0) {
    const row = firstOf(open, factors);
    for (const [name, values] of Object.entries(factors)) {
      if (name in row) continue;
      const gains = values.map(
        (value) => pairsWith(row, name, value).filter((pair) => open.has(pair)).length,
      );
      row[name] = values[gains.indexOf(Math.max(...gains))];
    }
    for (const pair of pairsOf(row, factors)) open.delete(pair);
    rows.push(row);
  }
  return rows;
}

/** Every pair of values that a table of these factors has to contain. */
export function allPairs(factors) {
  const names = Object.keys(factors);
  return names.flatMap((first, index) =>
    names
      .slice(index + 1)
      .flatMap((second) =>
        factors[first].flatMap((left) =>
          factors[second].map((right) => pair(first, left, second, right)),
        ),
      ),
  );
}

/** The pairs that one row contains. */
export function pairsOf(row, factors) {
  const names = Object.keys(factors);
  return names.flatMap((first, index) =>
    names.slice(index + 1).map((second) => pair(first, row[first], second, row[second])),
  );
}

function pairsWith(row, name, value) {
  return Object.keys(row).flatMap((other) => [
    pair(other, row[other], name, value),
    pair(name, value, other, row[other]),
  ]);
}

/** A row that starts from the first pair nobody has met. */
function firstOf(open, factors) {
  const [[first, left, second, right]] = [...open].slice(0, 1).map((text) => JSON.parse(text));
  const valueOf = (name, text) => factors[name].find((value) => String(value) === text);
  return { [first]: valueOf(first, left), [second]: valueOf(second, right) };
}

const pair = (first, left, second, right) =>
  JSON.stringify([first, String(left), second, String(right)]);
