// Samples into a server by Prometheus remote write, which Prometheus and VictoriaMetrics both take:
// fifty million of them as text would be ten gigabytes.

const encoder = new TextEncoder();
/** Field numbers and wire types of `WriteRequest`, `TimeSeries`, `Label` and `Sample`. */
const tags = { series: 0x0a, label: 0x0a, sample: 0x12, name: 0x0a, text: 0x12, value: 0x09 };
const timeTag = 0x10;
/** A literal of Snappy with four bytes of length, and how many bytes one literal holds here. */
const literalTag = 63 << 2;
const literalBytes = 1 << 16;
/** A time of our days in milliseconds takes as many bytes. */
const timeBytes = 6;

/** Bytes that grow as they are written. */
class Bytes {
  #view = new DataView(new ArrayBuffer(1 << 16));
  length = 0;

  get #bytes() {
    return new Uint8Array(this.#view.buffer);
  }

  written() {
    return this.#bytes.subarray(0, this.length);
  }

  #room(wanted) {
    if (this.length + wanted <= this.#view.byteLength) return;
    const grown = new Uint8Array(Math.max(2 * this.#view.byteLength, this.length + wanted));
    grown.set(this.written());
    this.#view = new DataView(grown.buffer);
  }

  byte(value) {
    this.#room(1);
    this.#view.setUint8(this.length++, value);
  }

  /** Whole numbers beyond 32 bits too, as times in milliseconds are. */
  varint(value) {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  double(value) {
    this.#room(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bytes(part) {
    this.#room(part.length);
    this.#bytes.set(part, this.length);
    this.length += part.length;
  }

  field(tag, part) {
    this.byte(tag);
    this.varint(part.length);
    this.bytes(part);
  }

  clear() {
    this.length = 0;
  }
}

/** The labels of a series as a request holds them: by name, each as a message. */
export function encodeLabels(metric) {
  const all = new Bytes();
  for (const name of Object.keys(metric).sort()) {
    const label = new Bytes();
    label.field(tags.name, encoder.encode(name));
    label.field(tags.text, encoder.encode(metric[name]));
    all.field(tags.label, label.written());
  }
  return all.written().slice();
}

/** One request, filled series by series. */
export class WriteRequest {
  #request = new Bytes();
  #series = new Bytes();
  #sample = new Bytes();

  /** `labels` as `encodeLabels` made them, times in milliseconds. */
  add(labels, times, values) {
    this.#series.clear();
    this.#series.bytes(labels);
    for (let index = 0; index < times.length; index++) {
      this.#sample.clear();
      this.#sample.byte(tags.value);
      this.#sample.double(values[index]);
      this.#sample.byte(timeTag);
      this.#sample.varint(times[index]);
      this.#series.field(tags.sample, this.#sample.written());
    }
    this.#request.field(tags.series, this.#series.written());
  }

  get length() {
    return this.#request.length;
  }

  /** Sends it to every server and begins anew. */
  async send(servers) {
    const body = asSnappy([this.#request.written()]);
    this.#request.clear();
    await send(servers, body);
  }
}

/**
 * The same series at one time after another: their labels are written once, and each time only
 * puts its values and itself in their places.
 */
export class Scrape {
  #bytes;
  #view;
  #places = [];

  /** `labels` as `encodeLabels` made them. */
  constructor(labels) {
    const all = new Bytes();
    const series = new Bytes();
    for (const one of labels) {
      series.clear();
      series.bytes(one);
      series.byte(tags.sample);
      series.byte(1 + Float64Array.BYTES_PER_ELEMENT + 1 + timeBytes);
      series.byte(tags.value);
      const place = series.length;
      series.double(0);
      series.byte(timeTag);
      series.bytes(new Uint8Array(timeBytes));
      all.field(tags.series, series.written());
      this.#places.push(all.length - series.length + place);
    }
    this.#bytes = all.written().slice();
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The bytes for a time in milliseconds; the next call writes over them. */
  at(time, values) {
    const varint = new Bytes();
    varint.varint(time);
    for (const [index, place] of this.#places.entries()) {
      this.#view.setFloat64(place, values[index], true);
      this.#bytes.set(varint.written(), place + Float64Array.BYTES_PER_ELEMENT + 1);
    }
    return this.#bytes;
  }
}

/** Sends what several of them wrote as one request. */
export function sendScrapes(servers, parts) {
  return send(servers, asSnappy(parts));
}

async function send(servers, body) {
  const headers = {
    'Content-Type': 'application/x-protobuf',
    'Content-Encoding': 'snappy',
    'X-Prometheus-Remote-Write-Version': '0.1.0',
  };
  await Promise.all(
    servers.map(async ({ url }) => {
      const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body });
      if (!answer.ok) throw new Error(`samples were refused: ${await answer.text()}`);
    }),
  );
}

/** Snappy's block format without any compression. */
function asSnappy(parts) {
  const block = new Bytes();
  block.varint(parts.reduce((sum, { length }) => sum + length, 0));
  for (const bytes of parts)
    for (let from = 0; from < bytes.length; from += literalBytes) {
      const part = bytes.subarray(from, from + literalBytes);
      block.byte(literalTag);
      for (let shift = 0; shift < 32; shift += 8) block.byte(((part.length - 1) >>> shift) & 255);
      block.bytes(part);
    }
  return block.written();
}
