/** How a time is shown: hours and minutes, with seconds, or with the day and the zone. */
export type TimeStyle = 'time' | 'time-seconds' | 'date-time';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const OPTIONS: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  time: CLOCK,
  'time-seconds': { ...CLOCK, second: '2-digit' },
  'date-time': { ...CLOCK, year: 'numeric', month: 'short', day: 'numeric', timeZoneName: 'short' },
};

/**
 * Formats Unix milliseconds in one zone and locale, always with a 24-hour clock as log files have
 * it. A zone or locale the browser does not know is replaced by its own.
 */
export function timeFormatter(
  zone?: string,
  locale?: string,
): (ms: number, style: TimeStyle) => string {
  const formats = new Map<TimeStyle, Intl.DateTimeFormat>();
  return (ms, style) => {
    const known = formats.get(style);
    const format = known ?? makeFormat(OPTIONS[style], zone, locale);
    if (known === undefined) formats.set(style, format);
    return Number.isFinite(ms) ? format.format(ms) : '–';
  };
}

function makeFormat(
  options: Intl.DateTimeFormatOptions,
  zone?: string,
  locale?: string,
): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(
      locale,
      zone === undefined ? options : { ...options, timeZone: zone },
    );
  } catch {
    return new Intl.DateTimeFormat(undefined, options);
  }
}
