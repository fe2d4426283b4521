import type { Instance } from './instance.js';
import { release } from './release.js';
import { Session } from './session.js';

/** A loaded engine. One a page; it needs no freeing, its sessions do. */
export interface Engine {
  /** The release of package and wasm module. */
  readonly version: string;
  /** Bytes of wasm memory that all sessions of the page hold together. */
  readonly memoryBytes: number;
  /** A session without data, with default settings. Free it when the panel that shows it goes away. */
  createSession(): Session;
}

export function createEngine(instance: Instance): Engine {
  return {
    version: release,
    get memoryBytes() {
      return instance.memoryBytes;
    },
    createSession: () => new Session(instance),
  };
}
