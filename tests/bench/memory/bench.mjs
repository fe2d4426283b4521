// Peak memory of the module against the columns that it holds.

import { dayOfForty, dayOfFour, fleetResponse, metricsOf } from '../fleet-response.mjs';
import { inChromium, publish } from '../site.mjs';

export const title = 'Memory';

export const remarks = [
  'Memory: the size of the module’s memory after loading, two reports and a heat map; it never shrinks, so this is the peak. ' +
    'A response goes in piece by piece through a window of 128 KiB, a host’s batch comes as columns.',
];

export async function measure(say) {
  const sizes = [];
  await inChromium(async ({ prepare }) => {
    for (const fleet of [dayOfFour, dayOfForty]) {
      const response = publish(await fleetResponse(fleet));
      for (const asColumns of [false, true]) {
        const input = asColumns ? 'as a host’s columns' : 'as a response';
        const series = metricsOf(fleet).length * fleet.replicas;
        say(`Chromium, ${fleet.replicas} replicas ${input}`);
        const { facts, page } = await prepare('memory/page.mjs', { response, asColumns });
        await page.close();
        const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
        sizes.push({
          id: `memory.${fleet.id}.${asColumns ? 'columns' : 'response'}`,
          what: `peak wasm memory ÷ columns, ${series.toLocaleString('en')} series × ${fleet.scrapes / fleet.every} ${input}`,
          value: facts.peak / facts.columns,
          unit: '×',
          detail:
            `${megabytes(facts.peak)} of which ${megabytes(facts.loaded)} after loading; columns ${megabytes(facts.columns)}` +
            (asColumns ? '' : `, response ${megabytes(facts.input)}`),
        });
      }
    }
  });
  return { sizes };
}
