import { settingsOf } from './settings';
import { ALL_SECTIONS, defaultOptions, type PhasesOptions } from './types';

const asWritten = (text: string): string => text;

function settings(options: Partial<PhasesOptions>, replace = asWritten) {
  return settingsOf({ ...defaultOptions(), ...options }, replace);
}

describe('settings', () => {
  it('say nothing that a panel nobody touched does not say', () => {
    expect(settings({})).toEqual({
      settings: {
        slo: { profile: 'chat', targets: {} },
        baseline: { mode: 'auto' },
        scope: {},
        limits: {},
        thresholds: {},
        sections: ALL_SECTIONS,
        text_size: 'normal',
      },
      notices: [],
    });
  });

  it('carry objectives, limits, thresholds and prefix', () => {
    const { settings: made } = settings({
      slo: { profile: 'rag', quantile: 0.99, targets: { ttft: 1.2 } },
      limits: { max_num_seqs: 16 },
      thresholds: { 'memory.full': 0.9 },
      prefix: ' our: ',
    });
    expect(made).toMatchObject({
      slo: { profile: 'rag', quantile: 0.99, targets: { ttft: 1.2 } },
      limits: { max_num_seqs: 16 },
      thresholds: { 'memory.full': 0.9 },
      prefix: 'our:',
    });
  });

  it('fill in variables', () => {
    const replace = (text: string) => text.replace('$model', 'gemma').replace('$days', '2');
    const { settings: made } = settings(
      { scope: { model: '$model' }, baseline: { mode: 'offset', offset: '$daysd' } },
      replace
    );
    expect(made.scope).toEqual({ model: 'gemma' });
    expect(made.baseline).toEqual({ mode: 'offset', offset: 172_800_000 });
  });

  it.each(['$__all', '{gemma,llama}', '.*', '', ' '])(
    'choose no model for the variable value %p',
    (value) => {
      expect(settings({ scope: { model: '$model' } }, () => value).settings.scope).toEqual({});
    }
  );

  it('read an interval in both ways of writing times', () => {
    const baseline = {
      mode: 'range',
      start: '2026-01-31T14:00:00Z',
      end: '1769869800000',
    } as const;
    expect(settings({ baseline }).settings.baseline).toEqual({
      mode: 'range',
      start: 1_769_868_000_000,
      end: 1_769_869_800_000,
    });
  });

  it('leave the interval to the core when none is given', () => {
    expect(settings({ baseline: { mode: 'range' } })).toMatchObject({
      settings: { baseline: { mode: 'range' } },
      notices: [],
    });
  });

  it('do not hide a typing mistake', () => {
    const { settings: made, notices } = settings({ baseline: { mode: 'offset', offset: '1 day' } });
    expect(made.baseline).toEqual({ mode: 'offset' });
    expect(notices).toEqual([{ level: 'info', text: expect.stringContaining('"1 day"') }]);
  });

  it('ignore a mistake in a field that the mode does not use', () => {
    expect(settings({ baseline: { mode: 'none', offset: '1 day' } }).notices).toEqual([]);
  });
});
