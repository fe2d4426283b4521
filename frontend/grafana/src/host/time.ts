import { dateTimeFormat, systemDateFormats, timeZoneAbbrevation } from '@grafana/data';
import type { HostServices } from '@inference-triage/view';

/**
 * Writes times as Grafana does: in the dashboard's zone and in the formats of the server or of the
 * reader's browser.
 */
export function timeFormatterOf(timeZone: string): HostServices['formatTime'] {
  return (ms, style) => {
    if (!Number.isFinite(ms)) {
      return '–';
    }
    const { fullDate, interval } = systemDateFormats;
    if (style === 'date-time') {
      return `${dateTimeFormat(ms, { timeZone, format: fullDate })} ${timeZoneAbbrevation(ms, { timeZone })}`;
    }
    return dateTimeFormat(ms, {
      timeZone,
      format: style === 'time' ? interval.minute : interval.second,
    });
  };
}
