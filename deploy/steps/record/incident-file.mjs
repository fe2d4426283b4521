// The incidents that can be recorded: one small file each in tests/engines/incidents.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { root, Stop } from '../process.mjs';
import { actionKinds } from './events.mjs';
import { streamKinds } from './streams.mjs';

const folder = path.join(root, 'tests/engines/incidents');

/** Objectives that are judged by where a file names none, seconds. */
const objectives = 'ttft=0.5,itl=0.05,tpot=0.05,e2e=10';

/** Seconds that the window of a fault leaves out after its onset, where a file says nothing. */
const settle = 20;

/** Ids of all incidents, sorted. */
export function incidentIds() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** One incident by its id; stops with the ids that exist, or with what is wrong in its file. */
export function readIncident(id) {
  if (!incidentIds().includes(id)) {
    throw new Stop(`there is no incident "${id}"; there are: ${incidentIds().join(', ')}`);
  }
  const file = path.join(folder, `${id}.json`);
  let content;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Stop(`${file} is no JSON: ${error.message}`);
  }
  const wrong = mistakesIn(content);
  if (wrong.length > 0) throw new Stop(`${file}: ${wrong.join('; ')}`);
  return { id, objectives, settle, onset: null, accepted: [], events: [], ...content };
}

/** How long an incident is recorded, seconds. */
export const lengthOf = (incident) => incident.traffic.at(-1).until;

const fields = [
  'title',
  'about',
  'fault',
  'verdict',
  'accepted',
  'replicas',
  'onset',
  'settle',
  'objectives',
  'traffic',
  'events',
];

/** What is wrong with the content of an incident's file, one phrase each. */
export function mistakesIn(content) {
  const wrong = Object.keys(content)
    .filter((name) => !fields.includes(name))
    .map((name) => `"${name}" is no field; fields are ${fields.join(', ')}`);
  for (const name of ['title', 'fault']) {
    if (typeof content[name] !== 'string') wrong.push(`"${name}" is not a text`);
  }
  if (!isList(content.verdict)) wrong.push('"verdict" is no list of verdicts');
  if (!isList(content.replicas)) wrong.push('"replicas" is no list of flags, one text a replica');
  if (!isList(content.traffic)) return [...wrong, '"traffic" is no list of phases'];
  wrong.push(...mistakesInTraffic(content), ...mistakesInEvents(content));
  return wrong;
}

const isList = (value) => Array.isArray(value) && value.length > 0;

function mistakesInTraffic({ traffic, onset, replicas }) {
  const wrong = [];
  let from = 0;
  for (const { until, streams } of traffic) {
    if (!(until > from)) wrong.push(`the phase until ${until} ends before it begins`);
    from = until;
    for (const stream of streams ?? []) wrong.push(...mistakesInStream(stream, replicas));
    if (!Array.isArray(streams)) wrong.push(`the phase until ${until} has no list of streams`);
  }
  if (onset !== undefined && !(onset > 0 && onset < from)) {
    wrong.push(`the onset ${onset} is outside the ${from} s of traffic`);
  }
  return wrong;
}

function mistakesInStream(stream, replicas) {
  const wrong = [];
  if (!streamKinds.includes(stream.kind)) {
    wrong.push(`"${stream.kind}" is no kind of stream; kinds are ${streamKinds.join(', ')}`);
  }
  const size = stream.kind === 'poisson' ? 'rate' : 'n';
  if (!(stream[size] > 0)) wrong.push(`a ${stream.kind} stream needs "${size}" above 0`);
  const ranges = ['prompt', 'output', ...(stream.kind === 'sessions' ? ['turns'] : [])];
  for (const name of ranges) {
    const [low, high] = stream[name] ?? [];
    if (!(low >= 1 && low <= high)) wrong.push(`"${name}" is no range of a ${stream.kind} stream`);
  }
  if (stream.replica >= replicas?.length) wrong.push(`there is no replica ${stream.replica}`);
  return wrong;
}

function mistakesInEvents({ events = [], traffic, replicas }) {
  const end = traffic.at(-1).until;
  return events.flatMap((event) => {
    const name = event.do;
    if (!actionKinds.includes(name)) {
      return [`"${name}" is no event; events are ${actionKinds.join(', ')}`];
    }
    const wrong = [];
    if (!(event.at > 0 && event.at < end)) wrong.push(`"${name}" at ${event.at} is not in time`);
    if (event.replica >= replicas?.length) wrong.push(`there is no replica ${event.replica}`);
    return wrong;
  });
}
