//! Panics without words: what a panic would say is taken out of the module, the trap stays.
//!
//! The standard library is compiled to print a message and a place before it stops, and a fifth of
//! its code that a module like ours carries does nothing else. Nobody sees that text in a page.
//! Whoever enters one of these functions never comes back, so a trap in its place changes nothing
//! else; the optimiser then drops what only the text needed, down to the arguments of each call.

use anyhow::{Result, ensure};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Beginnings of the names of functions that end in a panic, or that only a panic calls. Every
/// module has some of each.
const MACHINERY: [&str; 7] = [
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "std::panicking::",
];

/// Puts a trap in the place of every such function.
pub(crate) fn silence(module: &mut Module) -> Result<()> {
    let mut met = [false; MACHINERY.len()];
    let mut ends = Vec::new();
    for function in module.funcs.iter() {
        let (FunctionKind::Local(_), Some(name)) = (&function.kind, &function.name) else {
            continue;
        };
        let name = without_hashes(name);
        // An implementation for one of their types begins with `<`.
        let known =
            MACHINERY.iter().position(|start| name.trim_start_matches('<').starts_with(start));
        if let Some(index) = known {
            met[index] = true;
            ends.push(function.id());
        }
    }
    for (start, met) in MACHINERY.iter().zip(met) {
        ensure!(
            met,
            "no function of the module is called \"{start}…\"; a newer standard library may have renamed it: look up the new \
             name and change plugin/build/src/panics.rs"
        );
    }
    for id in ends {
        put_trap(module, id);
    }
    Ok(())
}

/// Replaces the body of a function of the module by a trap.
pub(crate) fn put_trap(module: &mut Module, id: FunctionId) {
    let function = module.funcs.get(id).kind.unwrap_local();
    let kind = module.types.get(function.ty());
    let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
    let arguments = function.args.clone();
    let mut body = FunctionBuilder::new(&mut module.types, &parameters, &results);
    body.func_body().unreachable();
    module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(arguments));
}

/// `core[c5930c85a12de822]::panicking::panic` as `core::panicking::panic`.
fn without_hashes(name: &str) -> String {
    let mut plain = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        rest = after.split_once(']').map_or("", |(_, behind)| behind);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module whose functions have these names and each return 7.
    fn module(names: &[&str]) -> Module {
        let mut module = Module::default();
        for name in names {
            let mut body = FunctionBuilder::new(&mut module.types, &[], &[walrus::ValType::I32]);
            body.name((*name).to_owned()).func_body().i32_const(7);
            body.finish(Vec::new(), &mut module.funcs);
        }
        module
    }

    fn traps(module: &Module, name: &str) -> bool {
        let function =
            module.funcs.get(module.funcs.by_name(name).expect(name)).kind.unwrap_local();
        let body = &function.block(function.entry_block()).instrs;
        matches!(body.as_slice(), [(walrus::ir::Instr::Unreachable(_), _)])
    }

    #[test]
    fn what_a_panic_calls_traps_and_nothing_else_does() {
        let others = [
            "core[c5930c85a12de822]::fmt::write",
            "inference_triage_core::session::Session::report",
        ];
        let ends = [
            "alloc[3ca501edff3f0c7c]::alloc::handle_alloc_error",
            "alloc[3ca501edff3f0c7c]::raw_vec::capacity_overflow",
            "alloc[3ca501edff3f0c7c]::raw_vec::handle_error",
            "core[c5930c85a12de822]::panicking::panic_bounds_check",
            "core[c5930c85a12de822]::result::unwrap_failed",
            "core[c5930c85a12de822]::slice::index::slice_index_fail",
            "<std[a5]::panicking::panic_handler::FormatStringPayload as core[c5]::panic::PanicPayload>::get",
        ];
        let mut all = module(&[&others[..], &ends].concat());
        silence(&mut all).expect("every name is there");
        assert!(ends.iter().all(|name| traps(&all, name)));
        assert!(!others.iter().any(|name| traps(&all, name)));
    }

    #[test]
    fn a_name_that_is_gone_stops_the_build() {
        let without_one = ["core[c5]::panicking::panic_fmt", "core[c5]::result::unwrap_failed"];
        let error =
            silence(&mut module(&without_one)).expect_err("most names are missing").to_string();
        assert!(error.contains("\"alloc::alloc::handle_alloc_error…\""), "{error}");
    }
}
