//! The size of the module's memory, which grows and never shrinks.

use core::arch::wasm32::memory_size;

use wasm_bindgen::prelude::wasm_bindgen;

const PAGE_BYTES: f64 = 65_536.0;

/// Bytes of the module's memory. Only a fresh instance makes it smaller.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes() -> f64 {
    memory_size::<0>() as f64 * PAGE_BYTES
}
