/** Milliseconds of the units that Grafana and Prometheus write. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `1d`, `1h30m` or `90s` in milliseconds; undefined for what is no positive duration. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) {
    return undefined;
  }
  const total = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? NaN),
    0
  );
  return total > 0 ? Math.round(total) : undefined;
}

/** Milliseconds as the longest unit that divides them, e.g. `1d`. */
export function writeDuration(ms: number): string {
  const [unit, size] = Object.entries(UNITS)
    .reverse()
    .find(([, length]) => ms % length === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/**
 * RFC 3339, or Unix milliseconds as Grafana's variables `${__from}` and `${__to}` hold them;
 * undefined for other text.
 */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim();
  const ms = /^\d{10,}$/.test(trimmed)
    ? Number(trimmed)
    : /^\d{4}-\d\d-\d\d/.test(trimmed)
      ? Date.parse(trimmed)
      : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
