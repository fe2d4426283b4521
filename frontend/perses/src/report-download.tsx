// The button in the panel's header that saves the report: what a post-mortem or a script takes up.

import { loadEngine } from '@inference-triage/engine';
import { useState, type CSSProperties, type JSX } from 'react';
import { engineSource } from './engine-source.js';
import { settingsOf, type InferenceTriageOptions } from './options.js';
import type { PanelProps } from './perses.js';
import { toBatch } from './query-batch.js';
import { roleFinder } from './roles.js';

const LABEL = 'Download the report as JSON';

const STYLE: CSSProperties = {
  display: 'inline-flex',
  padding: 4,
  border: 0,
  borderRadius: 4,
  background: 'none',
  color: 'inherit',
  font: 'inherit',
  fontSize: 12,
  cursor: 'pointer',
};

/**
 * A header action; diagnoses by itself, so that it gives the same bytes whatever the reader has
 * selected in the panel.
 */
export function ReportDownload({
  spec,
  queryResults,
}: PanelProps<InferenceTriageOptions>): JSX.Element | null {
  const [problem, setProblem] = useState<string>();
  if (!queryResults.some(({ data }) => data !== undefined)) return null;
  const download = async (): Promise<void> => {
    try {
      save(await reportOf({ spec, queryResults }));
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <button
      type="button"
      title={problem ?? LABEL}
      aria-label={LABEL}
      style={STYLE}
      onClick={() => void download()}
    >
      <svg width="18" height="18" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
        <path d="M11 4h2v8.2l3.1-3.1 1.4 1.4L12 16l-5.5-5.5 1.4-1.4 3.1 3.1V4ZM5 18h14v2H5v-2Z" />
      </svg>
      {problem === undefined ? null : <span role="alert">{`no report: ${problem}`}</span>}
    </button>
  );
}

/** The report of the results with the panel's settings, as the command line prints it. */
async function reportOf({
  spec,
  queryResults,
}: Pick<PanelProps<InferenceTriageOptions>, 'spec' | 'queryResults'>): Promise<Uint8Array> {
  const loaded = await loadEngine(engineSource());
  if (loaded.state !== 'ready') throw new Error(`${loaded.reason}; ${loaded.cure}`);
  const session = loaded.engine.createSession();
  try {
    session.configure(settingsOf(spec ?? {}));
    session.load({ batch: toBatch(queryResults, roleFinder(loaded.engine)) });
    return session.reportBytes();
  } finally {
    session.free();
  }
}

function save(report: Uint8Array): void {
  const address = URL.createObjectURL(
    new Blob([new Uint8Array(report)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = address;
  link.download = 'inference-triage-report.json';
  link.click();
  // The browser reads the address after this task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
