//! Where the stack lies in memory: below the data.
//!
//! The optimiser is told that nothing lives in the lowest kilobyte (`--low-memory-unused`) and then
//! folds offsets into addresses, which is wrong for an address that wraps around. That holds as
//! long as the stack comes first and is larger than that: it grows downwards, so only an overflow
//! gets there, and an overflow traps instead of running into the data. A linker that put the data
//! first would break both without a word.

use anyhow::{Context, Result, bail, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, Global, GlobalKind, Module};

/// The bytes that `--low-memory-unused` takes for unused.
const UNUSED: i32 = 1024;

/// The linker's name of the stack pointer.
const STACK_POINTER: &str = "__stack_pointer";

/// Fails unless the stack lies below all data and reaches above the lowest kilobyte.
pub(crate) fn check(module: &Module) -> Result<()> {
    let top = top_of_stack(module)?;
    ensure!(
        top > UNUSED,
        "the stack ends at address {top}, within the lowest {UNUSED} bytes, which --low-memory-unused \
         takes for unused; give the linker a larger one (-z stack-size)"
    );
    for data in module.data.iter() {
        let start = match data.kind {
            DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } => start,
            DataKind::Active { .. } => {
                bail!(
                    "data begin at an address that is not a number, so where they lie is not known"
                )
            }
            DataKind::Passive => continue,
        };
        // Addresses are unsigned.
        ensure!(
            start.cast_unsigned() >= top.cast_unsigned(),
            "data begin at address {} below the top of the stack at {top}, so the linker did not put \
             the stack first (--stack-first); without that --low-memory-unused in \
             deploy/steps/build-wasm.mjs is wrong",
            start.cast_unsigned()
        );
    }
    Ok(())
}

/// The first value of the stack pointer, which is where the stack begins; it grows downwards.
fn top_of_stack(module: &Module) -> Result<i32> {
    let is_mutable = |global: &&Global| {
        global.mutable && global.ty == walrus::ValType::I32 && initial(global).is_some()
    };
    let named = module
        .globals
        .iter()
        .filter(is_mutable)
        .find(|global| global.name.as_deref() == Some(STACK_POINTER));
    // Without names it is the only variable that the linker writes, and the first one.
    let global = named.or_else(|| module.globals.iter().find(is_mutable));
    global.and_then(initial).context(
        "the module has no stack pointer, so where its stack lies is not known; look up how the \
         linker names it now and change plugin/build/src/stack.rs",
    )
}

fn initial(global: &Global) -> Option<i32> {
    match global.kind {
        GlobalKind::Local(ConstExpr::Value(Value::I32(value))) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use walrus::ValType;

    use super::*;

    /// A module with a stack that begins at `top` and data at these addresses.
    fn module(name: Option<&str>, top: i32, data: &[i32]) -> Module {
        let mut module = Module::default();
        let value = |value| ConstExpr::Value(Value::I32(value));
        // A constant is no stack pointer, wherever it points.
        module.globals.add_local(ValType::I32, false, false, value(7));
        let pointer = module.globals.add_local(ValType::I32, true, false, value(top));
        module.globals.get_mut(pointer).name = name.map(str::to_owned);
        let memory = module.memories.add_local(false, false, 17, None, None);
        for &start in data {
            let kind = DataKind::Active { memory, offset: value(start) };
            module.data.add(kind, vec![1, 2, 3]);
        }
        module
    }

    #[test]
    fn a_stack_below_all_data_passes() {
        for name in [Some(STACK_POINTER), None] {
            for data in [&[][..], &[0x10_0000], &[0x10_0000, 0x11_0000], &[-0x1000]] {
                check(&module(name, 0x10_0000, data)).expect("the stack comes first");
            }
        }
    }

    #[test]
    fn data_below_the_stack_stop_the_build() {
        for data in [&[1024][..], &[0x10_0000, 0x0f_ffff], &[0]] {
            let error =
                check(&module(Some(STACK_POINTER), 0x10_0000, data)).expect_err("not first");
            assert!(error.to_string().contains("--stack-first"), "{error}");
        }
    }

    #[test]
    fn a_stack_that_cannot_be_found_or_is_too_small_stops_the_build() {
        let error = check(&Module::default()).expect_err("no stack").to_string();
        assert!(error.contains("no stack pointer"), "{error}");
        let error = check(&module(None, 1024, &[0x1000])).expect_err("too small").to_string();
        assert!(error.contains("lowest 1024 bytes"), "{error}");
    }
}
