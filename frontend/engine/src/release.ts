/** The release of this package. It loads only a wasm module of the same release. */
export const release = '0.1.0';
