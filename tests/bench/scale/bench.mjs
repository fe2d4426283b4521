// A fleet as large as there are: a day of 40 replicas at every scrape, and a thousand replicas read
// from what recording rules made of them; on Prometheus and on VictoriaMetrics.

import { day, measureDay } from './day.mjs';
import { measureDayOnServers } from './day-servers.mjs';
import { measureRecorded } from './recorded.mjs';
import { measureRulers, replicas } from './ruler.mjs';

export const title = 'Scale';

export const remarks = [
  `Scale, a day: ${day.replicas} replicas × 24 h at 15 s are 57.8 million samples, 460 MB as columns. The program takes as many as its memory budget ` +
    'has room for; one load of a page takes 8 million, a session keeps 128 MiB of input, and a query of a plan has at most 1,000 steps (90 s for ' +
    'a day). So the finest steps that a page takes as one input are rows of their own, and memory is told at these. Both servers hold all of it, by ' +
    'remote write; the program asks them by model, and once by replica, the default. Of a fleet that began within the day, as after a rollout, all ' +
    'replicas are kept apart: asked once, over a range that begins half a minute before the data.',
  `Scale, the ruler: ${replicas.toLocaleString('en')} replicas are written to both servers every 15 s (remote write, at the time of day), and the group of a minute ` +
    'of `rules --recordings plan` is evaluated by Prometheus itself and by vmalert on VictoriaMetrics, whose processor times are added. What ' +
    'the servers take for the samples alone is measured before and taken off. The group of five minutes has the same expressions, a fifth ' +
    'as often. Both record the same series with the same labels. What a server does by itself, merging above all, makes the price differ by a ' +
    'third and more from run to run.',
  `Scale, recordings: \`diagnose --recorded\` over six hours of ${replicas.toLocaleString('en')} replicas. The recorded growth is what the same rules make of six ` +
    'hours of 10 replicas, a hundred times; names and labels are compared with those of the two rulers. The states of every replica, at 15 s, ' +
    'stand beside it, and the report has a row for each replica. The servers hold nothing else.',
];

export async function measure(say) {
  const outcome = { records: [], sizes: [] };
  const add = ({ records, sizes = [] }) => {
    outcome.records.push(...records);
    outcome.sizes.push(...sizes);
  };
  add(await measureDay(say));
  add(await measureDayOnServers(say));
  const rulers = await measureRulers(say);
  add(rulers);
  add(await measureRecorded(say, rulers.names));
  return outcome;
}
