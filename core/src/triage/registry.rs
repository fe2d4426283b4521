//! The list of rules in order of judgement: the first that fires is the verdict.
//!
//! Wrong telemetry comes first, because every other rule would read it; then what excludes its
//! neighbours most sharply. `healthy` and `cannot-tell` come last: they speak only when nothing
//! fires.

use crate::catalogue::causes::CauseId;
use crate::triage::rule::Rule;
use crate::triage::rules::{
    cannot_tell::CANNOT_TELL, healthy::HEALTHY, kv_thrash::KV_THRASH, long_prompts::LONG_PROMPTS,
    offered_load::OFFERED_LOAD, slot_cap::SLOT_CAP, slow_decode::SLOW_DECODE,
    telemetry_fault::TELEMETRY_FAULT,
};

/// Every rule.
pub static RULES: &[&Rule] = &[
    &TELEMETRY_FAULT,
    &KV_THRASH,
    &SLOT_CAP,
    &OFFERED_LOAD,
    &LONG_PROMPTS,
    &SLOW_DECODE,
    &HEALTHY,
    &CANNOT_TELL,
];

/// The rule of that id.
pub fn rule(id: CauseId) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_ids() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/triage/rules");
        let mut ids: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
            .collect();
        ids.sort();
        ids
    }

    #[test]
    fn every_rule_file_has_one_row_and_every_row_a_file() {
        let mut rows: Vec<String> = RULES.iter().map(|rule| rule.id.id().to_owned()).collect();
        rows.sort();
        assert_eq!(rows, file_ids());
    }

    #[test]
    fn every_rule_has_a_scenario() {
        for rule in RULES {
            let path = format!("{}/../tests/scenarios/{}.md", env!("CARGO_MANIFEST_DIR"), rule.id);
            assert!(
                std::path::Path::new(&path).is_file(),
                "the rule {} has no scenario at tests/scenarios",
                rule.id
            );
        }
    }
}
