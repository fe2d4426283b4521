/**
 * Why there is no engine on this page. `unsupported`: the browser or the page's policy refuses
 * WebAssembly, and no other address of the module would help. `failed`: this module could not be
 * had from this source.
 */
export interface LoadFailure {
  state: 'unsupported' | 'failed';
  /** What happened, one sentence for people. */
  reason: string;
  /** What to do about it, one line. */
  cure: string;
  /**
   * The page's Content-Security-Policy is the cause; a host that knows where that is written can
   * name the place.
   */
  byPolicy?: true;
}

/** Carries a {@link LoadFailure} out of the loading steps; never leaves this package. */
export class CannotLoad extends Error {
  constructor(
    readonly failure: LoadFailure,
    cause?: unknown,
  ) {
    super(failure.reason, { cause });
  }
}

export function noWebAssembly(): CannotLoad {
  return new CannotLoad({
    state: 'unsupported',
    reason: 'this browser has no WebAssembly, or a lockdown mode turned it off',
    cure: 'allow WebAssembly for this site, or use a current Chrome, Edge, Firefox or Safari',
  });
}

export function refusedByPolicy(cause: unknown): CannotLoad {
  const failure: LoadFailure = {
    state: 'unsupported',
    reason: "the page's Content-Security-Policy refuses WebAssembly",
    cure: "add 'wasm-unsafe-eval' to its script-src directive: script-src 'self' 'wasm-unsafe-eval'",
    byPolicy: true,
  };
  return new CannotLoad(failure, cause);
}

export function noDecompression(): CannotLoad {
  return new CannotLoad({
    state: 'unsupported',
    reason: 'this browser cannot unpack the module, which is gzip-compressed',
    cure: 'use Chrome 80, Firefox 113, Safari 16.4 or newer, or load the module by its address',
  });
}

export function notFetched(address: string, cause: unknown): CannotLoad {
  const failure: LoadFailure = {
    state: 'failed',
    reason: `the module at ${address} could not be fetched (${text(cause)})`,
    cure: 'check the address and the connect-src directive of the page, or load the bytes of @inference-triage/engine/inline',
  };
  return new CannotLoad(failure, cause);
}

export function badStatus(address: string, status: number): CannotLoad {
  return new CannotLoad({
    state: 'failed',
    reason: `the server answered ${status} for the module at ${address}`,
    cure: 'deploy inference_triage.wasm at that address, or give loadEngine the address it has',
  });
}

export function notWasm(origin: string, start: string): CannotLoad {
  const html = start.trimStart().startsWith('<');
  return new CannotLoad({
    state: 'failed',
    reason: `${origin} is ${html ? 'an HTML page' : 'not a WebAssembly module'}`,
    cure: html
      ? 'the server answers a missing file with a page: deploy inference_triage.wasm at that address'
      : 'give loadEngine the file inference_triage.wasm of this package',
  });
}

export function damaged(origin: string, bytes: number, cause: unknown): CannotLoad {
  const failure: LoadFailure = {
    state: 'failed',
    reason: `${origin} does not compile (${bytes} bytes; ${text(cause)})`,
    cure: 'the file is truncated or damaged: deploy it again; browsers older than Chrome 96, Firefox 79 or Safari 15 are too old',
  };
  return new CannotLoad(failure, cause);
}

export function otherModule(): CannotLoad {
  return new CannotLoad({
    state: 'failed',
    reason: 'the WebAssembly module is not the engine',
    cure: 'give loadEngine the file inference_triage.wasm of this package',
  });
}

export function otherRelease(module: string, script: string): CannotLoad {
  return new CannotLoad({
    state: 'failed',
    reason: `the WebAssembly module is release ${module}, the JavaScript beside it ${script}`,
    cure: 'deploy both from the same build and empty the caches between',
  });
}

export function notStarted(cause: unknown): CannotLoad {
  const failure: LoadFailure = {
    state: 'failed',
    reason: `the WebAssembly module did not start (${text(cause)})`,
    cure: 'deploy module and JavaScript from the same build; if the page is out of memory, close other tabs',
  };
  return new CannotLoad(failure, cause);
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
