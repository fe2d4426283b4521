const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A Prometheus duration (`30s`, `1h30m`, `2d`) in milliseconds; undefined when it is not one or is
 * 0.
 */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+)(ms|s|m|h|d|w)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text.trim()) return undefined;
  const total = parts.reduce(
    (sum, part) => sum + Number(part[1]) * (MILLISECONDS[part[2] ?? ''] ?? 0),
    0,
  );
  return total > 0 ? total : undefined;
}

/**
 * A time as Prometheus's own API takes it: RFC 3339 or Unix seconds. Unix milliseconds, or
 * undefined when it is neither.
 */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1_000);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(trimmed)) return undefined;
  const parsed = Date.parse(trimmed);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/**
 * An interval `T..T`, Unix milliseconds; undefined when either side is no time or it does not end
 * after its start.
 */
export function parseInterval(text: string): { start: number; end: number } | undefined {
  const [from, to, ...rest] = text.split('..');
  if (from === undefined || to === undefined || rest.length > 0) return undefined;
  const start = parseTime(from);
  const end = parseTime(to);
  return start !== undefined && end !== undefined && end > start ? { start, end } : undefined;
}
