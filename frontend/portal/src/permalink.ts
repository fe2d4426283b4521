// The reader's window in the address of the page.

import type { TimeWindow } from '@inference-triage/panel';
import { contains, parseInterval } from '@inference-triage/panel/time';

/** What a link leads to: a window, in a range that holds it. */
export interface Place {
  window: TimeWindow;
  range: TimeWindow;
}

/** `WINDOW,RANGE` as in the address: two intervals of Unix seconds; undefined for anything else. */
export function readPlace(text: string | null): Place | undefined {
  const [window, range, ...more] = (text ?? '').split(',').map(parseInterval);
  if (!window || !range || more.length > 0 || !contains(range, window)) return undefined;
  return { window, range };
}

/** The place as in the address. */
export function writePlace({ window, range }: Place): string {
  const seconds = ({ start, end }: TimeWindow): string => `${start / 1000}..${end / 1000}`;
  return `${seconds(window)},${seconds(range)}`;
}

/** The page's address with a place in it, or without one. */
export function addressWith(address: string, name: string, place: Place | undefined): string {
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
  place(): Place | undefined {
    const name = this.#parameter;
    if (name === undefined) return undefined;
    return readPlace(new URL(location.href).searchParams.get(name));
  }

  /** The page's address with a place in it, which without a name is as it is. */
  address(place: Place | undefined): string {
    const name = this.#parameter;
    return name === undefined ? location.href : addressWith(location.href, name, place);
  }

  /** Puts the reader's own window into the address, or takes it away. */
  follow(place: Place | undefined): void {
    const address = this.address(place);
    if (address !== location.href) history.replaceState(history.state, '', address);
  }

  get #parameter(): string | undefined {
    const name = this.#name()?.trim();
    return name === '' ? undefined : name;
  }
}
