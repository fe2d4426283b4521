// The published incident in real servers, one for each of its states, and what Grafana's reader
// must be told.

import { prometheusWith } from '../portal/incidents.mjs';

/** What stands on the page, sentence by sentence. */
export const truths = {
  before: [
    /Critical/,
    /Admission is capped at 2 running sequences; memory is not the constraint/,
    /96 requests/,
    /--max-num-seqs from 2 to/,
  ],
  after: [/Healthy/, /132 requests/],
  onset: [/Critical/, /Admission is capped at 2 running sequences/, /since 20:5[89]/],
};

/** Starts a server for each name; `url(name)` tells where it is. */
export async function startIncidents(names = Object.keys(truths)) {
  const servers = new Map();
  const stop = async () => {
    for (const server of servers.values()) await server.stop();
  };
  try {
    for (const name of names) servers.set(name, await prometheusWith(name));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: (name) => servers.get(name).url, server: (name) => servers.get(name), stop };
}
