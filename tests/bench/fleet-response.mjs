// A fleet as one saved range response, made anew and always the same: a day whose load doubles at
// noon and whose last twentieth queues before eight slots.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { onsetSeries } from '../../deploy/steps/incidents.mjs';
import { targetFolder } from '../../deploy/steps/rust.mjs';
import { fitted, Replica } from './replica.mjs';

/** Unix seconds of the first sample. */
export const start = 1_780_000_020;
/** Seconds between two scrapes, which the engines are advanced by. */
export const scrape = 15;

/** A day of four replicas at every scrape: 5.8 million samples. */
export const dayAtEveryScrape = { id: 'day-4-15s', replicas: 4, scrapes: 5760, every: 1 };
/** The same asked for with a step of 300 s, and ten times as many replicas. */
export const dayOfFour = { id: 'day-4-300s', replicas: 4, scrapes: 5760, every: 20 };
export const dayOfForty = { id: 'day-40-300s', replicas: 40, scrapes: 5760, every: 20 };
/** 40 replicas × 12 histograms × 20 buckets at 300 scrapes. */
export const wide = { id: 'wide-40', replicas: 40, scrapes: 300, every: 1, buckets: 20 };

/** Writes the response to the target folder unless it is there; returns its path. */
export async function fleetResponse(fleet) {
  const folder = path.join(targetFolder(), 'bench');
  const file = path.join(folder, `fleet-${fleet.id}.json`);
  const programs = ['fleet-response.mjs', 'replica.mjs'].map((name) =>
    statSync(fileURLToPath(new URL(name, import.meta.url))),
  );
  if (existsSync(file) && programs.every(({ mtimeMs }) => statSync(file).mtimeMs > mtimeMs))
    return file;
  mkdirSync(folder, { recursive: true });
  const handle = await open(file, 'w');
  try {
    await handle.write('{"status":"success","data":{"resultType":"matrix","result":[');
    for (let replica = 0; replica < fleet.replicas; replica++) {
      await handle.write(`${replica === 0 ? '' : ','}${seriesOf(fleet, replica).join(',')}`);
    }
    await handle.write(']}}');
  } finally {
    await handle.close();
  }
  return file;
}

/** Labels of one replica's series; with `buckets`, twelve histograms of so many. */
export function metricsOf({ buckets }) {
  const metrics = onsetSeries()
    .map(({ metric }) => metric)
    .filter(({ __name__: name }) => name !== 'up');
  if (buckets === undefined) return metrics;
  // Releases between the two names of this histogram exported it under both.
  const renamed = metrics
    .filter(({ __name__: name }) => name.startsWith('vllm:inter_token_latency_seconds'))
    .map((metric) => ({
      ...metric,
      __name__: metric.__name__.replace('inter_token_latency', 'time_per_output_token'),
    }));
  const all = [...metrics, ...renamed];
  const names = new Set(all.filter(({ le }) => le !== undefined).map(({ __name__: name }) => name));
  return [
    ...all.filter(({ le }) => le === undefined),
    ...[...names].flatMap((name) => {
      const members = all.filter((metric) => metric.__name__ === name);
      return fitted(
        members.map(({ le }) => le),
        buckets,
      ).map((le) => ({ ...members[0], le }));
    }),
  ];
}

function seriesOf({ replicas, scrapes, every, ...fleet }, number) {
  const metrics = metricsOf(fleet);
  const replica = new Replica(metrics, { seed: 17 + number, scrapes, start });
  const texts = metrics.map(() => []);
  for (let index = 0; index < scrapes; index++) {
    replica.advance(index);
    if (index % every !== 0) continue;
    const time = start + index * scrape;
    replica.values().forEach((value, series) => texts[series].push(`[${time},"${value}"]`));
  }
  const width = String(replicas - 1).length;
  return metrics.map((metric, series) => {
    const labels = JSON.stringify({
      ...metric,
      instance: `pod-${String(number).padStart(width, '0')}`,
    });
    return `{"metric":${labels},"values":[${texts[series].join(',')}]}`;
  });
}
