// Numbers and units as text, the same texts as of core/src/text/number.rs, which says why each
// digit is there; tests/vectors/numbers.json holds both to it. A no-break space stands between a
// number and its unit; the minus is U+2212.

const SPACE = '\u00a0';
const NONE = '–';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Significant digits of what was measured, and of bounds and chosen values. */
const MEASURED = 2;
const CHOSEN = 3;

const MOST_DECIMALS = 12;

/** Below it, a difference of times reads as none, in seconds. */
const NO_DIFFERENCE = 5e-7;

/** Towards which side a number is rounded: bounds of a guaranteed interval are rounded outward. */
export type Rounding = 'nearest' | 'down' | 'up';

const rounders: Record<Rounding, (value: number) => number> = {
  nearest: (value) => Math.sign(value) * Math.round(Math.abs(value)),
  down: Math.floor,
  up: Math.ceil,
};

/** 5.56 times 100 is 555.999…, which is not to be rounded down to 555. */
function rounded(value: number, rounding: Rounding): number {
  const nearest = rounders.nearest(value);
  return Math.abs(value - nearest) <= 1e-9 * Math.abs(value) ? nearest : rounders[rounding](value);
}

/** The rounded value, with the most decimals that do not exceed so many significant digits. */
function fitted(
  value: number,
  digits: number,
  rounding: Rounding,
): { value: number; decimals: number } {
  for (let decimals = MOST_DECIMALS; ; decimals -= 1) {
    const parts = 10 ** decimals;
    const scaled = rounded(value * parts, rounding);
    if (decimals === 0 || Math.abs(scaled) < 10 ** digits)
      return { value: scaled / parts, decimals };
  }
}

/** With so many decimals but without zeros at the end, thousands separated. */
function printed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NONE;
  const [whole = '', fraction = ''] = Math.abs(value).toFixed(decimals).split('.');
  const kept = fraction.replace(/0+$/, '');
  const isNegative = value < 0 && !(whole === '0' && kept === '');
  return `${isNegative ? '−' : ''}${grouped.format(Number(whole))}${kept === '' ? '' : `.${kept}`}`;
}

function digitsOf(value: number, digits: number, rounding: Rounding): string {
  const { value: rounded, decimals } = fitted(value, digits, rounding);
  return printed(rounded, decimals);
}

function withUnit(text: string, unit: string): string {
  return unit === '' || text === NONE ? text : text + SPACE + unit;
}

const TIME_UNITS = [
  { unit: 's', scale: 1 },
  { unit: 'ms', scale: 1e3 },
  { unit: 'µs', scale: 1e6 },
] as const;

/** The largest unit in which the printed number is 0.1 or more. */
function timeUnit(
  seconds: number,
  digits: number,
  rounding: Rounding,
): { unit: string; scale: number } {
  if (seconds === 0 || !Number.isFinite(seconds)) return TIME_UNITS[0];
  const isReadable = ({ scale }: { scale: number }): boolean =>
    Math.abs(fitted(seconds * scale, digits, rounding).value) >= 0.1;
  return TIME_UNITS.find(isReadable) ?? TIME_UNITS[2];
}

function secondsText(seconds: number, digits: number, rounding: Rounding): string {
  const { unit, scale } = timeUnit(seconds, digits, rounding);
  return withUnit(digitsOf(seconds * scale, digits, rounding), unit);
}

/**
 * Seconds: `3.1 s`, `0.5 s`, `66 ms`. A bound keeps a third digit and is rounded `down` or `up`, so
 * that it is still true.
 */
export function formatSeconds(seconds: number, rounding: Rounding = 'nearest'): string {
  return secondsText(seconds, rounding === 'nearest' ? MEASURED : CHOSEN, rounding);
}

/** A chosen number of seconds as it was chosen: `2.5 s`, `1.25 s`, `50 ms`. */
export function formatTarget(seconds: number): string {
  return secondsText(seconds, CHOSEN, 'nearest');
}

/**
 * Two times to be compared: with a third digit where two would make different values look equal.
 */
export function formatCompared(one: number, other: number): [string, string] {
  const [text, otherText] = [formatSeconds(one), formatSeconds(other)];
  return text === otherText ? [formatTarget(one), formatTarget(other)] : [text, otherText];
}

/**
 * An interval rounded outward, in the unit of its upper end: `6.05–7.5 s`, `≤ 6.28 s`, `> 10 s`.
 * `loExcluded`: the value lies strictly above `lo`.
 */
export function formatInterval(
  lo: number,
  hi: number | undefined,
  loExcluded: boolean,
  unit: string,
): string {
  const found = unit === 's' ? timeUnit(hi ?? lo, CHOSEN, 'up') : { unit, scale: 1 };
  const below = digitsOf(lo * found.scale, CHOSEN, 'down');
  if (hi === undefined) return withUnit(`${loExcluded ? '>' : '≥'}${SPACE}${below}`, found.unit);
  const above = digitsOf(hi * found.scale, CHOSEN, 'up');
  if (lo <= 0) return withUnit(`≤${SPACE}${above}`, found.unit);
  return withUnit(above === below ? above : `${below}–${above}`, found.unit);
}

/** A change in seconds with its sign; `±0 s` when it is at most `negligible`. */
export function formatDelta(seconds: number, negligible = 0): string {
  if (Number.isNaN(seconds)) return NONE;
  if (Math.abs(seconds) < NO_DIFFERENCE || Math.abs(seconds) <= negligible) return `±0${SPACE}s`;
  return (seconds > 0 ? '+' : '') + formatSeconds(seconds);
}

/**
 * A ratio in 0–1 as a percentage; 0 and 100 only where it is none or all, so near them with one
 * decimal: `33 %`, `0.4 %`, `<0.1 %`, `99.6 %`.
 */
export function formatShare(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return `<0.1${SPACE}%`;
  if (percent > 99.9 && percent < 100) return `>99.9${SPACE}%`;
  return withUnit(percentDigits(percent, 'nearest'), '%');
}

/** A share rounded up to a whole per cent: the printed number is still an upper bound. */
export function formatShareAtMost(ratio: number): string {
  return withUnit(printed(rounded(ratio * 100, 'up'), 0), '%');
}

function percentDigits(percent: number, rounding: Rounding): string {
  const isFine = Math.abs(percent) < 0.95 || (percent > 99 && percent < 100);
  return isFine
    ? printed(rounded(percent * 10, rounding) / 10, 1)
    : printed(rounded(percent, rounding), 0);
}

/** An interval of ratios, rounded outward: `50 %`, `48–53 %`. */
export function formatShareRange(lo: number, hi: number): string {
  if (lo === hi) return formatShare(lo);
  const [below, above] = [percentDigits(lo * 100, 'down'), percentDigits(hi * 100, 'up')];
  return withUnit(below === above ? above : `${below}–${above}`, '%');
}

/** How many times as much: `× 0.74`, `× 1.1`, `× 44`. */
export function formatRatio(ratio: number): string {
  return `×${SPACE}${digitsOf(ratio, MEASURED, 'nearest')}`;
}

/** A count with separators; a fraction keeps two significant digits: `71,440`, `2.5`. */
export function formatCount(value: number): string {
  return Number.isInteger(value) ? printed(value, 0) : digitsOf(value, MEASURED, 'nearest');
}

/** `1 request`, `96 requests`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)}${SPACE}${count === 1 ? singular : plural}`;
}

/** A value in one of the report's units. */
export function formatValue(value: number, unit: string): string {
  if (unit === 's') return formatSeconds(value);
  if (unit === 'ratio') return formatShare(value);
  return withUnit(formatCount(value), unit.replaceAll(' ', SPACE));
}

/**
 * The least and the greatest of some values; a unit that a neighbouring mean carries is not
 * repeated.
 */
export function formatExtremes(min: number, max: number, unit: string): string {
  const own = unit === 's' || unit === 'ratio' ? unit : '';
  return `${formatValue(min, own)}${SPACE}– ${formatValue(max, own)}`;
}

/** A length of time: `250 ms`, `45 s`, `28 min`, `2 h 5 min`, `3 d 4 h`, as the core prints it. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return NONE;
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(size)}${SPACE}ms`;
  const seconds = Math.round(size / 1000);
  if (seconds < 60) return `${seconds}${SPACE}s`;
  if (seconds < 600) return twoParts(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}${SPACE}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoParts(hours, 'h', minutes % 60, 'min');
  return twoParts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function twoParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${large}${SPACE}${largeUnit}`;
  return small === 0 ? head : `${head}${SPACE}${small}${SPACE}${smallUnit}`;
}

/** `p95` for 0.95, `p99.9` for 0.999. */
export function formatQuantile(q: number): string {
  return `p${Number((q * 100).toFixed(3))}`;
}
