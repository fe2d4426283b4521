// A stand-in for a host: mounts the view in a box of a given size and records what it asks for.

import { SECTIONS, View } from '../../src/index.js';
import type { HostServices, Interval, ReadyState, Theme, ViewState } from '../../src/index.js';
import type { Notice, Report } from '../../src/report-types.js';
import { recordedHour } from '../fixtures/columns.js';
import { comparisonOf } from '../fixtures/comparison.js';
import { fleet, verdictsOf } from '../fixtures/fleet.js';
import { onset } from '../fixtures/onset.js';
import {
  before,
  cannotTell,
  estimated,
  healthy,
  hostile,
  manyScopes,
} from '../fixtures/reports.js';
import { sourceOf, timelineOf } from '../fixtures/timeline.js';

/** Everything a test may ask of the page. */
class Stage {
  readonly calls: { name: string; value: unknown }[] = [];
  view: View | undefined;
  box: HTMLElement | undefined;
  columns = recordedHour();
  /** Whether a brush is answered with a report for the new window, as a real host does. */
  answer = true;
  /** Whether the clipboard works. */
  copies = true;
  /** The last one that was saved. */
  file: Blob | undefined;
  #state: ViewState = { kind: 'loading' };

  readonly reports: Record<string, () => Report> = {
    onset,
    before,
    healthy,
    cannotTell,
    estimated,
    hostile,
    scopes: () => manyScopes(4),
    manyScopes: () => manyScopes(12),
    fleet: () => fleet(4),
    thousandReplicas: () => fleet(1000),
  };

  open(width: number, height: number | undefined, theme: Partial<Theme> = {}, zoom = true): void {
    this.close();
    const box = document.createElement('div');
    box.id = 'box';
    box.style.width = `${width}px`;
    if (height !== undefined) box.style.height = `${height}px`;
    document.body.append(box);
    document.body.style.background = theme.scheme === 'light' ? '#eef0f3' : '#0e0f12';
    this.box = box;
    this.view = new View(this.#services(zoom), { scheme: 'dark', tokens: {}, ...theme });
    this.view.mount(box);
  }

  close(): void {
    this.view?.destroy();
    this.box?.remove();
    this.view = undefined;
    this.calls.length = 0;
  }

  ready(name: string, more: Partial<ReadyState> = {}): ReadyState {
    const report = (this.reports[name] ?? onset)();
    return this.readyWith(report, more);
  }

  readyWith(report: Report, more: Partial<ReadyState> = {}): ReadyState {
    const columns = this.columns;
    return {
      kind: 'ready',
      report,
      column: (id) => columns.get(id)?.slice(),
      timeline: sourceOf(timelineOf(report)),
      replicaVerdicts: verdictsOf(report, 1, (first, most) => {
        this.calls.push({ name: 'replicaVerdicts', value: [first, most] });
      }),
      comparison: comparisonOf(report, (before, after) => {
        this.calls.push({ name: 'compare', value: [before, after] });
      }),
      markdown: () => `**${report.verdict.sentence}**`,
      saveCapsule: (redact) => void this.calls.push({ name: 'saveCapsule', value: redact }),
      notices: [],
      sections: [...SECTIONS],
      ...more,
    };
  }

  /** The same with a core that takes its time for each step, and counts what is asked for. */
  withSlowTimeline(name: string, revision: number, cost: number): ReadyState {
    const ready = this.ready(name);
    const timeline = timelineOf(ready.report);
    const record = (first: number, most: number): void =>
      void this.calls.push({ name: 'timeline', value: [first, most] });
    return { ...ready, timeline: sourceOf(timeline, revision, cost, record) };
  }

  /** The same with a heat map of two buckets and two columns. */
  withHeatMap(name: string): ReadyState {
    const ready = this.ready(name);
    const { start, end } = ready.report.range;
    return {
      ...ready,
      heatMap: {
        read: () => ({
          times: Float64Array.of(start, (start + end) / 2, end),
          edges: Float64Array.of(0.1, 1, 10),
          bounds: Float64Array.of(0, 1, 10),
          counts: Float64Array.of(3, 1, 2, 2),
          lo: Float64Array.of(0, 1),
          hi: Float64Array.of(1, 10),
        }),
        paint: () => true,
      },
    };
  }

  show(state: ViewState): void {
    this.#state = state;
    this.view?.update(state);
  }

  /** States by name, as the screenshots and tests use them. */
  showNamed(name: string): void {
    const notices: Notice[] = [
      {
        level: 'warning',
        text: 'The server truncated the result at 11,000 points.',
        query: 'vllm:kv_cache_usage_perc',
      },
      {
        level: 'error',
        text: 'query timed out after 30 s',
        query: 'sum by (le) (vllm:time_to_first_token_seconds_bucket)',
      },
    ];
    const states: Record<string, () => ViewState> = {
      loading: () => ({ kind: 'loading', progress: 'Fetching 14 of 38 queries …' }),
      stale: () => ({ kind: 'loading', progress: 'Refreshing …', stale: this.ready('onset') }),
      setup: () => ({
        kind: 'setup',
        message:
          'Paste one of these queries into the panel. The first one is enough for a single model.',
        queries: [
          {
            title: 'One raw selector (up to about ten replicas)',
            promql:
              '{__name__=~"vllm:(time_to_first_token_seconds|request_queue_time_seconds|inter_token_latency_seconds)_(bucket|sum|count)|vllm:num_requests_(running|waiting)|vllm:kv_cache_usage_perc"}',
          },
          {
            title: 'Planned query for a fleet',
            promql:
              'sum by (le, model_name) (vllm:request_queue_time_seconds_bucket - vllm:request_queue_time_seconds_bucket offset $__interval >= 0)',
          },
        ],
        found: ['up', 'process_cpu_seconds_total', 'python_gc_objects_collected_total'],
      }),
      'no-data': () => ({
        kind: 'no-data',
        message: 'The queries answered without a single series between 14:00 and 15:00.',
        cure: 'Check the time range and the label matchers, for instance model_name="gemma".',
      }),
      refused: () => ({
        kind: 'refused',
        reason:
          'The Content-Security-Policy of this page does not allow WebAssembly, which computes the diagnosis in the browser.',
        cure: "add 'wasm-unsafe-eval' to its script-src directive: script-src 'self' 'wasm-unsafe-eval'",
      }),
      error: () => ({
        kind: 'error',
        message: 'Prometheus answered 503: query queue is full.',
        cure: 'It is tried again in 30 s.',
      }),
      'error-stale': () => ({
        kind: 'error',
        message: 'Prometheus answered 503: query queue is full.',
        cure: 'It is tried again in 30 s; what you see below is two minutes old.',
        stale: this.ready('onset'),
      }),
      partial: () => this.ready('onset', { notices }),
    };
    this.show((states[name] ?? ((): ViewState => this.ready(name)))());
  }

  #services(zoom: boolean): HostServices {
    const record = (name: string, value: unknown): void => void this.calls.push({ name, value });
    const clock = (ms: number, seconds: boolean): string =>
      new Date(ms).toISOString().slice(11, seconds ? 19 : 16);
    return {
      copy: (text) => {
        record('copy', text);
        return this.copies ? Promise.resolve() : Promise.reject(new Error('denied'));
      },
      notify: (message) => record('notify', message),
      formatTime: (ms, style) =>
        style === 'date-time'
          ? `${new Date(ms).toISOString().slice(0, 10)} ${clock(ms, false)}`
          : clock(ms, style === 'time-seconds'),
      changeWindow: (window) => {
        record('changeWindow', window);
        if (this.answer) this.#answer(window);
      },
      changeScope: (index) => record('changeScope', index),
      changeReplica: (replica) => record('changeReplica', replica),
      hover: (time) => record('hover', time),
      address: () => 'https://portal.example/?triage=1',
      saveFile: (name, content) => {
        this.file = content;
        record('saveFile', name);
      },
      openLink: (url) => record('openLink', url),
      ...(zoom && { zoomTo: (window: Interval): void => record('zoomTo', window) }),
    };
  }

  /** Another report for another window: healthy before the onset. */
  #answer(window: Interval | undefined): void {
    if (this.#state.kind !== 'ready') return;
    const base = onset();
    const shown = window ?? base.window;
    const report =
      base.verdict.since !== undefined && shown.end <= base.verdict.since ? healthy() : base;
    report.range = this.#state.report.range;
    report.window = { ...report.window, ...shown };
    this.show({ ...this.#state, report });
  }
}

declare global {
  interface Window {
    stage: Stage;
  }
}

window.stage = new Stage();
