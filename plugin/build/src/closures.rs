//! The functions through which JavaScript calls closures of the module.
//!
//! The glue generator needs one for every kind of argument to describe it, and the module's table
//! of functions keeps them all. JavaScript reaches one only as an export, Rust never does.

use std::collections::HashSet;

use walrus::{ExportItem, FunctionId, FunctionKind, Module};

use crate::panics::put_trap;

/// How their names begin.
const INVOKE: &str = "wasm_bindgen::convert::closures::";

/// Puts a trap in the place of those that are not exported. A module that hands no closure to
/// JavaScript needs none of them.
pub(crate) fn drop_unused(module: &mut Module) {
    let exported: HashSet<FunctionId> = module
        .exports
        .iter()
        .filter_map(
            |export| if let ExportItem::Function(id) = export.item { Some(id) } else { None },
        )
        .collect();
    let unused: Vec<FunctionId> = module
        .funcs
        .iter()
        .filter(|function| matches!(function.kind, FunctionKind::Local(_)))
        .filter(|function| function.name.as_ref().is_some_and(|name| name.starts_with(INVOKE)))
        .map(walrus::Function::id)
        .filter(|id| !exported.contains(id))
        .collect();
    for id in unused {
        put_trap(module, id);
    }
}

#[cfg(test)]
mod tests {
    use walrus::FunctionBuilder;
    use walrus::ir::Instr;

    use super::*;

    #[test]
    fn only_exported_ones_stay() {
        let mut module = Module::default();
        let names = ["_::invoke::h1", "_::invoke::h2"].map(|end| format!("{INVOKE}{end}"));
        for name in names.iter().map(String::as_str).chain(["session_new"]) {
            let mut body = FunctionBuilder::new(&mut module.types, &[], &[]);
            body.name(name.to_owned()).func_body().i32_const(7).drop();
            body.finish(Vec::new(), &mut module.funcs);
        }
        let kept = module.funcs.by_name(&names[1]).expect("it was added");
        module.exports.add("invoke", kept);
        drop_unused(&mut module);
        let traps = |name: &str| {
            let function =
                module.funcs.get(module.funcs.by_name(name).expect(name)).kind.unwrap_local();
            matches!(
                function.block(function.entry_block()).instrs.as_slice(),
                [(Instr::Unreachable(_), _)]
            )
        };
        assert_eq!([&names[0], &names[1], "session_new"].map(traps), [true, false, false]);
    }
}
