/**
 * What went wrong, stable across releases.
 *
 * From the core: `bad-data` (not a valid response or batch), `bad-settings`, `too-large` (more
 * samples than one input may hold), `no-engine` (valid, but no series of a known engine),
 * `nothing-loaded`. From this package: `freed` (the session was freed), `kept-too-large` (load and
 * appends together passed the cap), `trap` (a bug in the engine stopped it; later calls work
 * again).
 */
export type EngineErrorCode =
  | 'bad-data'
  | 'bad-settings'
  | 'too-large'
  | 'no-engine'
  | 'nothing-loaded'
  | 'freed'
  | 'kept-too-large'
  | 'trap';

/**
 * The one error that a `Session` throws. Compare `code`, not the class: a page may hold two copies
 * of this package.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An error with a code that the wasm module threw on purpose, as opposed to a trap. */
export function fromModule(thrown: unknown): EngineError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string')
    return undefined;
  return new EngineError(thrown.code as EngineErrorCode, thrown.message);
}
