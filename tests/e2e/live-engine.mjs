// An engine that a real Prometheus scrapes every second while a page looks at it.

import { expositionPair, scrapeLabels, standingSeries } from '../../deploy/steps/incidents.mjs';
import { toOpenMetrics } from '../../deploy/steps/openmetrics.mjs';
import { startPrometheus } from '../../deploy/steps/prometheus.mjs';
import { startSequence } from '../../deploy/steps/replay-exporter.mjs';
import { untilAtLeast } from '../eventually.mjs';

/**
 * The slot-cap incident with ten minutes of past, and what `startHost(prometheus)` puts in front of
 * it, as soon as the engine has been scraped, and not only its past written.
 */
export async function startLiveEngine(startHost) {
  const running = [];
  const keep = (part) => {
    running.push(part);
    return part;
  };
  const stop = async () => {
    for (const part of running.reverse()) await part.stop();
  };
  try {
    const exporter = keep(await startSequence(expositionPair('before')));
    const target = {
      address: exporter.address,
      job: scrapeLabels.job,
      labels: { instance: scrapeLabels.instance },
    };
    const past = standingSeries('before', Math.floor(Date.now() / 1000));
    const prometheus = keep(
      await startPrometheus({ targets: [target], interval: '1s', backfill: toOpenMetrics(past) }),
    );
    const host = keep(await startHost(prometheus));
    await untilAtLeast(prometheus, 'count_over_time(up[10m])', 3);
    return { exporter, prometheus, host, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Lets the engine finish its 96 requests, and waits until Prometheus has seen it for a whole step.
 */
export async function finishRequests({ exporter, prometheus }) {
  exporter.show(1);
  await untilAtLeast(prometheus, 'max(changes({__name__=~"vllm:e2e.*_count"}[10m]))', 1);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
}
