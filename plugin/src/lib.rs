//! The WebAssembly boundary: JavaScript values in, [`inference_triage_core`] at work, bytes out. No
//! mathematics here.
//!
//! Columns cross as typed arrays with one memory copy each; everything small (settings, series
//! descriptions, the report) crosses as JSON bytes. Nothing that points into this module's memory
//! leaves it, because such views die when it grows.

#![forbid(unsafe_code)]

mod error;
#[cfg(target_family = "wasm")]
mod memory;
pub mod paint;
mod plan;
mod session;
#[cfg(feature = "forced-trap")]
mod trap;

use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_family = "wasm")]
pub use memory::memory_bytes;
pub use plan::{engines, history_range, plan, prefix_of_name};
pub use session::Session;

/// The release this module was built from, e.g. `0.1.0`. The JavaScript beside it refuses a module
/// of another release.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
