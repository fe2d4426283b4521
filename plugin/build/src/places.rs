//! The places of panics in the data of the module: file, line and column of every call that may
//! panic.

use std::ops::Range;

use anyhow::{Result, ensure};
use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, Module};

/// How a `core::panic::Location` lies in memory: address and length of the file's name, line,
/// column.
const SIZE: usize = 16;

/// One that names no file: the address of a text without bytes must not be zero.
const NOWHERE: [u32; SIZE / 4] = [1, 0, 0, 0];

/// Blanks every place and the names of files that they point to. Once panics say nothing, nobody
/// reads them.
pub(crate) fn blank(module: &mut Module) -> Result<()> {
    let mut count = 0;
    let parts: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for part in parts {
        let data = module.data.get_mut(part);
        let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind else {
            continue;
        };
        let mut names = Vec::new();
        for at in (0..data.value.len().saturating_sub(SIZE - 1)).step_by(4) {
            if let Some(name) = name_of_place(&data.value, start as usize, at) {
                names.push(name);
                for (field, word) in data.value[at..at + SIZE].chunks_exact_mut(4).zip(NOWHERE) {
                    field.copy_from_slice(&word.to_le_bytes());
                }
            }
        }
        count += names.len();
        for name in names {
            data.value[name].fill(0);
        }
    }
    ensure!(
        count > 0,
        "the data hold no place of a panic; a newer standard library may lay them out otherwise: look up \
         core::panic::Location and change plugin/build/src/places.rs"
    );
    Ok(())
}

/// Where the name of a Rust file lies, if what stands at `at` points to one and goes on with a line
/// and a column. The data begin at the address `start`.
fn name_of_place(data: &[u8], start: usize, at: usize) -> Option<Range<usize>> {
    let word = |index: usize| {
        let bytes = data[at + 4 * index..][..4].try_into().ok()?;
        Some(u32::from_le_bytes(bytes) as usize)
    };
    let begin = word(0)?.checked_sub(start)?;
    let name = begin..begin.checked_add(word(1)?)?;
    let is_position = (1..1_000_000).contains(&word(2)?) && (1..10_000).contains(&word(3)?);
    (is_position && data.get(name.clone())?.ends_with(b".rs")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u32 = 0x10000;

    fn module(data: Vec<u8>) -> Module {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(START.cast_signed()));
        module.data.add(DataKind::Active { memory, offset }, data);
        module
    }

    fn words(words: [u32; 4]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn places_and_names_of_files_go_and_all_else_stays() {
        let text = b"the busiest takes src/a.rs, no?.";
        let name = START + 18;
        // A place, the same name as a text with numbers that are no position, and a text that names
        // no file.
        let (place, pair, list) = ([name, 8, 120, 17], [name, 8, 0, 17], [START, 18, 120, 17]);
        let before = [&text[..], &words(place), &words(pair), &words(list)].concat();
        let mut module = module(before);
        blank(&mut module).expect("there is a place");
        let after = &module.data.iter().next().expect("the data").value;
        let blanked = b"the busiest takes \0\0\0\0\0\0\0\0, no?.";
        assert_eq!(*after, [&blanked[..], &words(NOWHERE), &words(pair), &words(list)].concat());
    }

    #[test]
    fn data_without_places_stop_the_build() {
        let error =
            blank(&mut module(words([START, 4, 7, 7]))).expect_err("no name of a file").to_string();
        assert!(error.contains("core::panic::Location"), "{error}");
    }
}
