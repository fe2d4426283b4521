import { parseDuration, parseTime, writeDuration } from './duration';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    [' 2w ', 1_209_600_000],
    ['1.5h', 5_400_000],
  ])('%p is %p ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '0s', '1', 'yesterday', '1 day', '1h foo', '-1h', '1y'])('%p is none', (text) =>
    expect(parseDuration(text)).toBeUndefined()
  );

  it.each([
    [86_400_000, '1d'],
    [5_400_000, '90m'],
    [604_800_000, '1w'],
    [15_000, '15s'],
    [1_500, '1500ms'],
  ])('%p ms is written %p', (ms, text) => expect(writeDuration(ms)).toBe(text));
});

describe('times', () => {
  it.each([
    ['2026-01-31T14:00:00Z', 1_769_868_000_000],
    ['2026-01-31T15:00:00+01:00', 1_769_868_000_000],
    ['1769868000000', 1_769_868_000_000],
  ])('%p is %p', (text, ms) => expect(parseTime(text)).toBe(ms));

  it.each(['', 'now', 'now-1h', '14:00', '2026-13-45', '12'])('%p is none', (text) =>
    expect(parseTime(text)).toBeUndefined()
  );
});
