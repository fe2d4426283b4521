import { tooLarge } from './failure.js';

/**
 * As on the command line. A day of four replicas at 15 s is 120 MiB of raw responses; half as much
 * would refuse it, and much more lets one answer of a wrong query fill the page's memory.
 */
export const DEFAULT_BUDGET = 256 * (1 << 20);

/** How many bytes the answers of one run of queries may have together, after decompression. */
export class Budget {
  readonly #total: number;
  #left: number;

  constructor(total: number) {
    this.#total = total;
    this.#left = total;
  }

  /** The bytes of an answer. Rejects with a `too-large` failure as soon as there are too many. */
  async read(url: URL, response: Response): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (value !== undefined) {
        length += value.length;
        this.#left -= value.length;
        pieces.push(value);
      }
      if (this.#left < 0) {
        this.#left += length;
        await reader?.cancel().catch(() => undefined);
        throw tooLarge(url, this.#total);
      }
      if (done) return joined(pieces, length);
    }
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
