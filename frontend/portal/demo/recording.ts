/** What a recorded incident file holds, as far as the page reads it. */
export interface Recording {
  responses: object[];
}

/**
 * Fetches a recorded incident. A server may have unpacked the file on the way; the first bytes
 * tell.
 */
export async function fetchRecording(address: URL): Promise<Recording> {
  const response = await fetch(address);
  if (!response.ok)
    throw new Error(`the recording ${address.pathname} could not be read (${response.status})`);
  const bytes = await response.arrayBuffer();
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  const isPacked = first === 0x1f && second === 0x8b;
  const text = isPacked ? await unpack(bytes) : new TextDecoder().decode(bytes);
  return JSON.parse(text) as Recording;
}

function unpack(bytes: ArrayBuffer): Promise<string> {
  return new Response(
    new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')),
  ).text();
}
