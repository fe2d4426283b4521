import {
  badStatus,
  damaged,
  noDecompression,
  notFetched,
  notWasm,
  noWebAssembly,
  otherModule,
  otherRelease,
  refusedByPolicy,
} from './failure.js';
import { release } from './release.js';

/**
 * Where the wasm module comes from: its bytes (plain or gzip), its address, or the module itself,
 * compiled.
 */
export type EngineSource = BufferSource | URL | string | WebAssembly.Module;

/** Custom section that the build writes the release into. */
const releaseSection = 'inference-triage-release';

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The compiled module. Throws a `CannotLoad` and nothing else. */
export async function compileModule(source: EngineSource): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== 'object') throw noWebAssembly();
  const module = source instanceof WebAssembly.Module ? source : await compileSource(source);
  checkRelease(module);
  return module;
}

async function compileSource(source: BufferSource | URL | string): Promise<WebAssembly.Module> {
  await askPolicy();
  if (typeof source === 'string' || source instanceof URL) return compileFetched(String(source));
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return compileBytes(bytes, 'the given data');
}

/**
 * Policies refuse compilation as such, so the smallest module tells, and no browser's wording has
 * to be read.
 */
async function askPolicy(): Promise<void> {
  try {
    await WebAssembly.compile(emptyModule);
  } catch (cause) {
    throw refusedByPolicy(cause);
  }
}

async function compileFetched(address: string): Promise<WebAssembly.Module> {
  const response = await fetchModule(address);
  if (canStream(response)) {
    const copy = response.clone();
    try {
      return await WebAssembly.compileStreaming(response);
    } catch {
      // The bytes tell what is wrong with the module, or that only the streaming was.
      return compileBytes(await body(copy, address), `the file at ${address}`);
    }
  }
  return compileBytes(await body(response, address), `the file at ${address}`);
}

async function fetchModule(address: string): Promise<Response> {
  let response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw notFetched(address, cause);
  }
  if (!response.ok) throw badStatus(address, response.status);
  return response;
}

/**
 * A server may send another type, and tracing libraries wrap `fetch` and answer what a streaming
 * compile refuses.
 */
function canStream(response: Response): boolean {
  const native = Function.prototype.toString.call(fetch).includes('[native code]');
  const type = response.headers?.get('content-type') ?? '';
  return (
    native && response instanceof Response && type.split(';', 1)[0]?.trim() === 'application/wasm'
  );
}

async function body(response: Response, address: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw notFetched(address, cause);
  }
}

async function compileBytes(
  given: Uint8Array<ArrayBuffer>,
  origin: string,
): Promise<WebAssembly.Module> {
  const bytes = isGzip(given) ? await unpack(given, origin) : given;
  const start = bytes.subarray(0, 16);
  if (!emptyModule.subarray(0, 4).every((byte, index) => start[index] === byte)) {
    throw notWasm(origin, new TextDecoder().decode(start));
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw damaged(origin, bytes.length, cause);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function unpack(
  bytes: Uint8Array<ArrayBuffer>,
  origin: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof DecompressionStream !== 'function') throw noDecompression();
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw damaged(origin, bytes.length, cause);
  }
}

/**
 * Before instantiating, because the generated JavaScript accepts one module a page, right or wrong.
 */
function checkRelease(module: WebAssembly.Module): void {
  const [section] = WebAssembly.Module.customSections(module, releaseSection);
  if (!section) throw otherModule();
  const found = new TextDecoder().decode(section);
  if (found !== release) throw otherRelease(found, release);
}
