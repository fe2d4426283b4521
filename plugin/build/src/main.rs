//! `inference-triage-wasm-build <input.wasm> <directory>` writes `inference_triage.{js,d.ts}` and
//! `inference_triage.wasm`.
//!
//! The generator is linked in at the version of the `wasm-bindgen` crate, so nothing has to be
//! installed beside cargo.

mod closures;
mod panics;
mod places;
mod stack;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use walrus::RawCustomSection;
use wasm_bindgen_cli_support::Bindgen;

/// Stem of every file that is written.
const NAME: &str = "inference_triage";

/// Custom section with the release, so that a loader can tell its own module from another before
/// instantiating it.
const RELEASE_SECTION: &str = "inference-triage-release";

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, directory] = arguments.as_slice() else {
        bail!("usage: inference-triage-wasm-build <input.wasm> <directory>");
    };
    generate(input, directory)
}

fn generate(input: &Path, directory: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(NAME)
        .web(true)?
        .typescript(true)
        // The loader always hands over a module; a default address would make bundlers emit the
        // file a second time.
        .omit_default_module_path(true)
        // A trap poisons the instance for good. This makes the glue export a function that starts a
        // fresh one.
        .reset_state_function(true)
        // The optimiser lists the names for those who read a trap, and drops them.
        .remove_name_section(false)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    output.wasm_mut().customs.add(RawCustomSection {
        name: RELEASE_SECTION.to_owned(),
        data: env!("CARGO_PKG_VERSION").into(),
    });
    stack::check(output.wasm())?;
    panics::silence(output.wasm_mut())?;
    places::blank(output.wasm_mut())?;
    closures::drop_unused(output.wasm_mut());
    output.emit(directory)?;

    let generated = directory.join(format!("{NAME}_bg.wasm"));
    let module = directory.join(format!("{NAME}.wasm"));
    std::fs::rename(&generated, &module)
        .with_context(|| format!("cannot write {}", module.display()))?;
    // Describes the raw exports of the module, which only the glue calls.
    let raw_exports = directory.join(format!("{NAME}_bg.wasm.d.ts"));
    std::fs::remove_file(&raw_exports)
        .with_context(|| format!("cannot remove {}", raw_exports.display()))
}
