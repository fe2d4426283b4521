//! How many cases of the quick sample may still be answered wrongly, by mutation. The numbers only
//! shrink: the aim is that none is left.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::sample::Ran;
use crate::tally::{by_mutation, wrong};

/// Wrong answers by mutation; one that is not listed has none.
pub type Ceilings = BTreeMap<String, usize>;

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/ceilings.json"))
}

/// The committed ones.
pub fn read() -> Result<Ceilings, String> {
    let text =
        fs::read(path()).map_err(|error| format!("tests/mutations/ceilings.json: {error}"))?;
    serde_json::from_slice(&text).map_err(|error| format!("tests/mutations/ceilings.json: {error}"))
}

/// Commits those of a run of the quick sample.
pub fn write(ran: &[Ran]) -> Result<(), String> {
    let text = serde_json::to_string_pretty(&of(ran)).map_err(|error| error.to_string())?;
    fs::write(path(), format!("{text}\n"))
        .map_err(|error| format!("tests/mutations/ceilings.json cannot be written: {error}"))
}

/// Those of a run.
pub fn of(ran: &[Ran]) -> Ceilings {
    let counts = by_mutation(ran).into_iter();
    counts.map(|(mutation, counts)| (mutation.to_owned(), wrong(&counts))).collect()
}

/// One sentence for each mutation whose number of wrong answers is not the committed one.
pub fn differences(committed: &Ceilings, measured: &Ceilings) -> Vec<String> {
    let mut differences = Vec::new();
    for (mutation, count) in measured {
        let allowed = committed.get(mutation).copied().unwrap_or(0);
        if *count > allowed {
            differences.push(format!("{mutation}: {count} wrong answers, {allowed} are allowed"));
        } else if *count < allowed {
            differences.push(format!(
                "{mutation}: {count} wrong answers, fewer than the {allowed} allowed; lower the \
                 ceiling: npm run mutations -- --quick --ceilings"
            ));
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_and_fewer_are_both_told() {
        let ceilings = |pairs: &[(&str, usize)]| -> Ceilings {
            pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        let committed = ceilings(&[("drop", 2), ("thin", 1)]);
        assert!(differences(&committed, &ceilings(&[("drop", 2), ("thin", 1)])).is_empty());
        let told = differences(&committed, &ceilings(&[("drop", 3), ("gap", 1), ("thin", 0)]));
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].contains("2 are allowed") && told[2].contains("lower the ceiling"));
    }
}
