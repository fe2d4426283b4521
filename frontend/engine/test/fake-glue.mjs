// A stand-in for the wasm module whose failures a test scripts. It keeps what real wasm cannot
// show: which instance a handle belongs to, and whether a dead handle was touched.

export class FakeGlue {
  generation = 0;
  memory = 1024;
  /** Every call that reached the module, e.g. `0:load a`. */
  calls = [];
  /**
   * Calls on handles of an instance that is gone; real ones would corrupt the next instance's
   * memory.
   */
  deadCalls = [];
  /** What the next call with this text throws. */
  traps = new Map();
  resetFails = false;
  open = 0;

  async start() {}

  reset() {
    if (this.resetFails) throw new RangeError('no memory for another instance');
    this.generation += 1;
    this.open = 0;
    this.memory = 1024;
  }

  memoryBytes() {
    return this.memory;
  }

  openSession() {
    this.open += 1;
    return new FakeHandle(this);
  }
}

class FakeHandle {
  data = [];
  history = null;

  constructor(glue) {
    this.glue = glue;
    this.generation = glue.generation;
  }

  call(text) {
    if (this.generation !== this.glue.generation) {
      this.glue.deadCalls.push(text);
      throw new Error(`a dead handle was touched: ${text}`);
    }
    this.glue.calls.push(`${this.generation}:${text}`);
    const thrown = this.glue.traps.get(text);
    if (!thrown) return;
    if (thrown.once) this.glue.traps.delete(text);
    throw thrown.error;
  }

  loadResponses(responses) {
    this.call(`load ${decode(responses)}`);
    this.data = [decode(responses)];
  }

  appendResponses(responses) {
    this.call(`append ${decode(responses)}`);
    this.data.push(decode(responses));
  }

  loadBatch(times, values, description) {
    this.call(`load batch ${times.join(' ')} ${values.join(' ')} ${decode([description])}`);
  }

  loadHistoryResponses(responses) {
    this.call(`load history ${decode(responses)}`);
    this.history = decode(responses);
  }

  loadHistoryBatch(times, values, description) {
    this.call(`load history batch ${times.join(' ')} ${values.join(' ')} ${decode([description])}`);
  }

  clearHistory() {
    this.call('clear history');
    this.history = null;
  }

  configure(settings) {
    this.call(`configure ${decode([settings])}`);
    this.settings = decode([settings]);
  }

  summaryBytes() {
    return this.answer('summary');
  }

  diagnosisBytes(scope) {
    return this.answer(`diagnosis ${scope}`);
  }

  reportBytes(scope) {
    return this.answer(scope === undefined ? 'report' : `report ${scope}`);
  }

  markdown(scope) {
    this.call(scope === undefined ? 'markdown' : `markdown ${scope}`);
    return '';
  }

  timelineBytes(scope, first, most) {
    return this.answer(`timeline ${scope} ${first} ${most}`);
  }

  replicaVerdictsBytes(scope, first, most) {
    return this.answer(`replica verdicts ${scope} ${first} ${most}`);
  }

  answer(text) {
    this.call(text);
    return new TextEncoder().encode(
      JSON.stringify({
        data: this.data,
        settings: this.settings ?? null,
        ...(this.history === null ? {} : { history: this.history }),
      }),
    );
  }

  column(scope, id) {
    this.call(`column ${scope} ${id}`);
    return undefined;
  }

  historyColumn(scope, id) {
    this.call(`history column ${scope} ${id}`);
    return undefined;
  }

  free() {
    this.call('free');
    this.glue.open -= 1;
  }
}

/** What the module throws on purpose. */
export function coded(code, message) {
  return Object.assign(new Error(message), { code });
}

export function bytes(text) {
  return new TextEncoder().encode(text);
}

function decode(parts) {
  return parts.map((part) => new TextDecoder().decode(part)).join('+');
}
