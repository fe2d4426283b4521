// What a recording has started and has to stop, whatever happens in between.

import { Stop } from '../process.mjs';

/** Parts with a `stop()`, stopped last first. */
export class Running {
  #parts = [];
  #isOver = false;

  /**
   * Keeps a part. Once everything has been stopped it is stopped at once, and whoever started it
   * is told by a [Stop]: a start that was under way must leave nothing behind.
   */
  async keep(part) {
    if (!this.#isOver) {
      this.#parts.push(part);
      return;
    }
    await part.stop();
    throw new Stop('the recording was stopped');
  }

  /** Stops every part and lets no other begin; each is stopped even if one before it fails. */
  async stop() {
    this.#isOver = true;
    const failures = [];
    for (const part of this.#parts.splice(0).reverse()) {
      try {
        await part.stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
