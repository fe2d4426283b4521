// Which reports this view can draw: a host may hold one that another release made.

import type { ReadyState, ViewState } from '../contract.js';

/** The shape of the reports that this view draws. */
export const REPORT_SCHEMA = 2;

/**
 * The state itself, or in place of a report of another shape an error that says so; such a report
 * is not drawn as stale data either.
 */
export function readableState(state: ViewState): ViewState {
  if (state.kind === 'ready') return isReadable(state) ? state : refusal(state);
  if (!('stale' in state) || state.stale === undefined || isReadable(state.stale)) return state;
  const { stale: _stale, ...rest } = state;
  return rest;
}

function isReadable({ report }: ReadyState): boolean {
  return report.schema === REPORT_SCHEMA;
}

function refusal({ report }: ReadyState): ViewState {
  return {
    kind: 'error',
    message: `This report has schema ${report.schema}; this view draws schema ${REPORT_SCHEMA}.`,
    cure: 'Diagnose the same data again with this release.',
  };
}
