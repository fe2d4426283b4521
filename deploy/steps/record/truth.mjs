// The truth of a recording: what ran, what befell it and when, and what the clients measured.

import { figuresOf } from './client-figures.mjs';

/** Seconds of the beginning that count for nothing: the first requests meet an idle engine. */
const settling = { before: 10, always: 20 };

/** Seconds before the onset that belong to neither side. */
const beforeOnset = 5;

/** Windows in Unix seconds: before the onset and after it, or all of it where there is none. */
export function windowsOf({ onset, settle }, { start, end }) {
  if (onset === null) return { fault: [start + settling.always, end], default: null };
  return {
    before: [start + settling.before, start + onset - beforeOnset],
    fault: [start + onset + settle, end],
    default: null,
  };
}

/** The name of a recording: what was recorded, and on which release. */
export const recordingId = (incident, engine) => `${incident.id}-${engine.version}`;

/** The content of `truth.json`. Times in Unix seconds, `loadavg` at the end of the recording. */
export function truthOf(incident, { engine, start, end, events, boot, lines, late, loadavg }) {
  const windows = windowsOf(incident, { start, end });
  const [flags, ...others] = incident.replicas;
  const named = Object.entries(windows).filter(([, window]) => window !== null);
  return {
    id: recordingId(incident, engine),
    engine: engine.name,
    version: engine.version,
    flags: others.every((other) => other === flags) ? flags : incident.replicas,
    model: 'tiny-model',
    replicas: incident.replicas.length,
    fault: incident.fault,
    expected: { verdict: incident.verdict, accepted: incident.accepted },
    about: incident.about ?? incident.title,
    traffic: incident.traffic,
    start,
    onset: incident.onset === null ? null : start + incident.onset,
    end,
    events,
    slo: incident.objectives,
    scrape_s: 5,
    loadavg,
    windows,
    client: Object.fromEntries(named.map(([name, window]) => [name, figuresOf(lines, window)])),
    generator_late_s: late,
    boot,
  };
}
