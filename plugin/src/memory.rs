//! The module's memory, which grows and never shrinks.

use core::arch::wasm32::memory_size;

use talc::wasm::{WasmDynamicTalc, new_wasm_dynamic_allocator};
use wasm_bindgen::prelude::wasm_bindgen;

/// Grows the memory as needed and joins neighbouring free parts.
#[global_allocator]
static ALLOCATOR: WasmDynamicTalc = new_wasm_dynamic_allocator();

const PAGE_BYTES: f64 = 65_536.0;

/// Bytes of the module's memory. Only a fresh instance makes it smaller.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes() -> f64 {
    memory_size::<0>() as f64 * PAGE_BYTES
}
