import type { Interval, Settings } from './types.generated.js';

/**
 * Settings with anything left out. What is left out takes the core's default, not an earlier value,
 * and a field that the core does not know is refused with the code `bad-settings`.
 */
export type PartialSettings = Loose<Omit<Settings, 'window'>> & { window?: Interval | undefined };

type Loose<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Loose<T[K]> | undefined }
    : T;

export function encodeSettings(settings: PartialSettings): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(settings));
}
