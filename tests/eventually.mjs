// Waiting for something that happens in its own time: a scrape, a repaint, a process that comes up.

/** How long anything may take on a machine that is busy with other work, milliseconds. */
const patienceMs = 60_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks `look` again and again until it answers something truthy, and returns that. After `withinMs`
 * it fails with `what` was waited for and, if given, with what `shown` says there is instead.
 */
export async function eventually(what, look, { withinMs = patienceMs, everyMs = 50, shown } = {}) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (Date.now() > deadline) {
      const instead = shown ? `; instead: ${await shown()}` : '';
      throw new Error(`${what}: not within ${withinMs / 1000} s${instead}`);
    }
    await pause(everyMs);
  }
}

/**
 * Waits until the first series of an instant query is at least `least`. A Prometheus begins to
 * scrape up to five seconds after it started, whatever the interval.
 */
export async function untilAtLeast(prometheus, query, least) {
  let value;
  const look = async () => {
    value = (await prometheus.query(query))[0]?.value[1];
    return Number(value ?? 0) >= least;
  };
  await eventually(`${query} is ${least} or more`, look, {
    everyMs: 100,
    shown: () => value ?? 'no series',
  });
}

/**
 * Waits until `count` stays the same for `quietMs`, e.g. until no request is under way any more.
 */
export async function untilQuiet(what, count, quietMs = 1_000) {
  let [last, since] = [count(), Date.now()];
  await eventually(`${what} comes to rest`, () => {
    const now = count();
    if (now !== last) [last, since] = [now, Date.now()];
    return Date.now() - since >= quietMs;
  });
}
