// Numbers and units as text. A no-break space stands between a number and its unit; the minus is
// U+2212.

const SPACE = '\u00a0';
const NONE = '–';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Towards which side a number is rounded: bounds of a guaranteed interval are rounded outwards. */
export type Rounding = 'nearest' | 'down' | 'up';

const rounders: Record<Rounding, (value: number) => number> = {
  nearest: Math.round,
  // The tolerance keeps 6.05 from becoming 6.04 because 605 is stored as 604.9999….
  down: (value) => Math.floor(value + 1e-9 * Math.abs(value)),
  up: (value) => Math.ceil(value - 1e-9 * Math.abs(value)),
};

/**
 * A number rounded to `digits` significant digits, never with fewer digits than its integer part.
 */
function significant(
  value: number,
  digits: number,
  rounding: Rounding,
): { rounded: number; decimals: number } {
  if (value === 0) return { rounded: 0, decimals: 0 };
  const decimals = Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  const scale = 10 ** decimals;
  const rounded = rounders[rounding](value * scale) / scale;
  const carried = Math.abs(rounded) >= 10 ** (digits - decimals) && decimals > 0;
  return { rounded, decimals: carried ? decimals - 1 : decimals };
}

function digitsOf(value: number, rounding: Rounding, trim: boolean): string {
  const { rounded, decimals } = significant(value, 3, rounding);
  if (Math.abs(rounded) >= 1000) return grouped.format(rounded);
  return trim ? String(Number(rounded.toFixed(decimals))) : rounded.toFixed(decimals);
}

const TIME_UNITS = [
  { unit: 's', scale: 1 },
  { unit: 'ms', scale: 1e3 },
  { unit: 'µs', scale: 1e6 },
] as const;

function timeUnit(seconds: number, rounding: Rounding): { unit: string; scale: number } {
  const size = Math.abs(seconds);
  const found = TIME_UNITS.find(({ scale }) => significant(size * scale, 3, rounding).rounded >= 1);
  return found ?? (size === 0 ? TIME_UNITS[0] : TIME_UNITS[2]);
}

/** Seconds with three significant digits: `3.07 s`, `285 ms`, `17.8 ms`, `960 µs`. */
export function formatSeconds(seconds: number, rounding: Rounding = 'nearest'): string {
  if (!Number.isFinite(seconds)) return NONE;
  const { unit, scale } = timeUnit(seconds, rounding);
  return minus(digitsOf(seconds * scale, rounding, seconds === 0)) + SPACE + unit;
}

/** A chosen number of seconds, without trailing zeros: `2.5 s`, `50 ms`. */
export function formatTarget(seconds: number): string {
  if (!Number.isFinite(seconds)) return NONE;
  const { unit, scale } = timeUnit(seconds, 'nearest');
  return digitsOf(seconds * scale, 'nearest', true) + SPACE + unit;
}

/** An interval of seconds rounded outwards: `6.05 – 7.50 s`, `≤ 6.28 s`, `> 10.0 s`. */
export function formatSecondsRange(lo: number, hi: number | undefined): string {
  if (hi === undefined) return lo > 0 ? `>${SPACE}${formatSeconds(lo, 'down')}` : 'unbounded';
  const upper = formatSeconds(hi, 'up');
  if (lo <= 0) return `≤${SPACE}${upper}`;
  const lower = formatSeconds(lo, 'down');
  if (lower === upper) return lower;
  const [number, unit] = lower.split(SPACE);
  const shortened = unit === upper.split(SPACE)[1] ? number : lower;
  return `${shortened ?? lower}${SPACE}–${SPACE}${upper}`;
}

/** A change in seconds with its sign; `±0` when it is smaller than `negligible`. */
export function formatDelta(seconds: number, negligible = 0): string {
  if (!Number.isFinite(seconds)) return NONE;
  if (Math.abs(seconds) <= negligible) return '±0';
  return (seconds > 0 ? '+' : '−') + formatSeconds(Math.abs(seconds));
}

/**
 * A ratio in 0–1 as a percentage that reads 100 % only when it is: `33 %`, `1.7 %`, `<0.1 %`, `99.9
 * %`.
 */
export function formatShare(ratio: number, rounding: Rounding = 'nearest'): string {
  return percentDigits(ratio, rounding) + (Number.isFinite(ratio) ? `${SPACE}%` : '');
}

function percentDigits(ratio: number, rounding: Rounding): string {
  if (!Number.isFinite(ratio)) return NONE;
  const percent = ratio * 100;
  if (percent === 0 || percent === 100) return String(percent);
  if (percent > 0 && percent < 0.1) return '<0.1';
  if (percent > 99.9 && percent < 100) return '>99.9';
  const fine = Math.abs(percent) < 9.95 || (percent > 99 && percent < 100);
  const scale = fine ? 10 : 1;
  return minus(String(Number((rounders[rounding](percent * scale) / scale).toFixed(1))));
}

/** An interval of ratios, rounded outwards: `50 %`, `48 – 52 %`. */
export function formatShareRange(lo: number, hi: number): string {
  if (lo === hi) return formatShare(lo);
  const [lower, upper] = [percentDigits(lo, 'down'), percentDigits(hi, 'up')];
  return lower === upper ? `${upper}${SPACE}%` : `${lower}${SPACE}–${SPACE}${upper}${SPACE}%`;
}

/** A count with separators; a fraction keeps three significant digits: `71,440`, `2.45`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  if (Number.isInteger(value)) return minus(grouped.format(value));
  return minus(digitsOf(value, 'nearest', true));
}

/** `1 request`, `96 requests`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)}${SPACE}${count === 1 ? singular : plural}`;
}

/** A value in one of the report's units. */
export function formatValue(value: number, unit: string): string {
  if (unit === 's') return formatSeconds(value);
  if (unit === 'ratio') return formatShare(value);
  const number = formatCount(value);
  return unit === '' || number === NONE
    ? number
    : `${number}${SPACE}${unit.replace('/s', ' / s').replaceAll(' ', SPACE)}`;
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

function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
