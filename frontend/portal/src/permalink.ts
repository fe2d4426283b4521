// The reader's window in the address of the page.

import type { Place, TimeWindow } from '@inference-triage/panel';
import { readCompared, writeCompared } from '@inference-triage/panel/compared';
import { contains, parseInterval, writeInterval } from '@inference-triage/panel/time';

/** What a link leads to: a window, in a range that holds it, and what it is compared with. */
export interface LinkedPlace extends Pick<Place, 'compared'> {
  window: TimeWindow;
  range: TimeWindow;
}

/**
 * `WINDOW,RANGE` or `WINDOW,RANGE,COMPARED` as in the address: intervals of Unix seconds, the last
 * one perhaps a word; undefined for anything else.
 */
export function readPlace(text: string | null): LinkedPlace | undefined {
  const [first = '', second = '', third, ...more] = (text ?? '').split(',');
  const [window, range] = [parseInterval(first), parseInterval(second)];
  if (!window || !range || more.length > 0 || !contains(range, window)) return undefined;
  if (third === undefined) return { window, range };
  const compared = readCompared(third);
  if (typeof compared === 'object' && !contains(range, compared)) return undefined;
  return compared && { window, range, compared };
}

/** The place as in the address. */
export function writePlace({ window, range, compared }: LinkedPlace): string {
  const other = compared === undefined ? '' : `,${writeCompared(compared)}`;
  return `${writeInterval(window)},${writeInterval(range)}${other}`;
}

/** The page's address with a place in it, or without one. */
export function addressWith(address: string, name: string, place: LinkedPlace | undefined): string {
  const url = new URL(address);
  // Written by hand: the usual encoding would make dots and commas unreadable.
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && decodeURIComponent(pair.split('=')[0] ?? '') !== name);
  if (place) others.push(`${encodeURIComponent(name)}=${writePlace(place)}`);
  url.search = others.join('&');
  return url.href;
}

/** The address of one element; `name` tells the parameter that the page lends it. */
export class Permalink {
  readonly #name: () => string | null;

  constructor(name: () => string | null) {
    this.#name = name;
  }

  /** Whether the page lends it one. */
  get isWanted(): boolean {
    return this.#parameter !== undefined;
  }

  /** Where the address of the page leads to. */
  place(): LinkedPlace | undefined {
    const name = this.#parameter;
    if (name === undefined) return undefined;
    return readPlace(new URL(location.href).searchParams.get(name));
  }

  /** The page's address with a place in it, which without a name is as it is. */
  address(place: LinkedPlace | undefined): string {
    const name = this.#parameter;
    return name === undefined ? location.href : addressWith(location.href, name, place);
  }

  /** Puts what the reader chose into the address, or takes it away. */
  follow(place: LinkedPlace | undefined): void {
    const address = this.address(place);
    if (address !== location.href) history.replaceState(history.state, '', address);
  }

  get #parameter(): string | undefined {
    const name = this.#name()?.trim();
    return name === '' ? undefined : name;
  }
}
