import { dateTime, LoadingState, type PanelData } from '@grafana/data';

import { isLiveRefresh } from './refresh';

function data(from: string, to: string, expr = 'vllm:a', variables = {}): PanelData {
  const range = { from: dateTime(0), to: dateTime(1), raw: { from, to } };
  const request = { range, targets: [{ refId: 'A', expr }], scopedVars: variables };
  return {
    state: LoadingState.Loading,
    series: [],
    timeRange: range,
    request,
  } as unknown as PanelData;
}

describe('a request under way', () => {
  const shown = data('now-30m', 'now');

  it('is a live refresh when queries and written range are the same', () => {
    expect(isLiveRefresh(shown, data('now-30m', 'now'))).toBe(true);
    expect(
      isLiveRefresh(shown, data('now-30m', 'now', 'vllm:a', { __interval: { value: '30s' } }))
    ).toBe(true);
  });

  it('is another question when range, query or variable change, or nothing is shown yet', () => {
    expect(isLiveRefresh(shown, data('now-1h', 'now'))).toBe(false);
    expect(isLiveRefresh(shown, data('now-30m', 'now', 'vllm:b'))).toBe(false);
    expect(
      isLiveRefresh(shown, data('now-30m', 'now', 'vllm:a', { model: { value: 'gemma' } }))
    ).toBe(false);
    expect(isLiveRefresh(undefined, data('now-30m', 'now'))).toBe(false);
  });
});
