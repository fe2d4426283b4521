// Whether a run holds what floors.json demands.

/** The ratios that have a floor, each with it. */
export function judge(ratios, floors) {
  return ratios.flatMap((row) => (floors[row.id] ? [{ ...row, floor: floors[row.id] }] : []));
}

/** One sentence for each ratio below its floor. */
export function shortfalls(judged) {
  return judged
    .filter(({ ratio, floor }) => !(ratio[1] >= floor.least))
    .map(
      ({ id, ratio, floor }) => `${id} is ${ratio[1].toPrecision(3)} ×, its floor is ${floor.least} ×: ${floor.reason}`,
    );
}

/** Floors of ratios that no benchmark measures any more; a mistyped one would never fail. */
export function unknownFloors(ratios, floors) {
  const known = new Set(ratios.map(({ id }) => id));
  return Object.keys(floors).filter((id) => !known.has(id));
}
