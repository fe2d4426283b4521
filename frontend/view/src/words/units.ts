// Numbers that stay with their units.

const BEFORE_UNIT = /(?<=\d) (?=(?:%|s|ms|µs|min|h|d)(?!\w))/g;
const AFTER_SIGN = /(?<=[≤≥≈×<>]) (?=\d)/g;

/** The sentence with no-break spaces between numbers, their units and their signs. */
export function glued(sentence: string): string {
  return sentence.replace(BEFORE_UNIT, '\u00a0').replace(AFTER_SIGN, '\u00a0');
}
