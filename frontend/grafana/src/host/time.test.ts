import { systemDateFormats } from '@grafana/data';

import { timeFormatterOf } from './time';

const AT = Date.UTC(2026, 0, 31, 13, 5, 9);

describe('times', () => {
  it('are in the zone of the dashboard', () => {
    expect(timeFormatterOf('utc')(AT, 'time')).toBe('13:05');
    expect(timeFormatterOf('Asia/Kolkata')(AT, 'time')).toBe('18:35');
    expect(timeFormatterOf('browser')(AT, 'time')).toBe('13:05');
  });

  it('show seconds, or date and zone, when asked', () => {
    expect(timeFormatterOf('utc')(AT, 'time-seconds')).toBe('13:05:09');
    expect(timeFormatterOf('utc')(AT, 'date-time')).toBe('2026-01-31 13:05:09 UTC');
  });

  it('follow the formats of the server', () => {
    const { fullDate, interval } = systemDateFormats;
    systemDateFormats.update({
      fullDate,
      interval: { ...interval, minute: 'h:mm A' },
      useBrowserLocale: false,
    });
    expect(timeFormatterOf('utc')(AT, 'time')).toBe('1:05 PM');
    systemDateFormats.update({ fullDate, interval, useBrowserLocale: false });
  });

  it('are a dash when there is none', () => {
    expect(timeFormatterOf('utc')(NaN, 'time')).toBe('–');
  });
});
