//! The failures that are told in full.

use std::collections::BTreeMap;

use crate::classes::class;
use crate::product;
use crate::record::{CaseRecord, Standing};
use crate::results::first_id;
use crate::scoring::{Effect, Outcome};

/// How many are told.
const TOLD: usize = 20;

/// The worst failures: alarms on health and advice that did harm first, then wrong names, then
/// silence; among equals, the more requests missed their objective the worse.
pub fn worst(cases: &[&CaseRecord]) -> Vec<CaseRecord> {
    let rank = |case: &CaseRecord| {
        let judged = case.of(product::ID)?;
        let harmed = judged.effect == Some(Effect::Harmed);
        match (case.standing, judged.outcome) {
            (Standing::Healthy, Outcome::FalseAlarm) => Some(0),
            (Standing::Fault, _) if harmed => Some(1),
            (Standing::Fault, Outcome::Wrong) => {
                Some(if class(&case.truth)?.has_rule() { 2 } else { 3 })
            }
            (Standing::Fault, Outcome::Missed) => Some(4),
            _ => None,
        }
    };
    let mut ranked: Vec<(u8, &CaseRecord)> =
        cases.iter().filter_map(|case| Some((rank(case)?, *case))).collect();
    ranked.sort_by(|(left, one), (right, other)| {
        left.cmp(right)
            .then(other.missed.total_cmp(&one.missed))
            .then_with(|| one.id.cmp(&other.id))
    });
    spread(&ranked)
}

/// The first failures such that no kind of failure and no truth takes all the room.
fn spread(ranked: &[(u8, &CaseRecord)]) -> Vec<CaseRecord> {
    let mut told: Vec<CaseRecord> = Vec::new();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (_, case) in ranked {
        let times = seen.entry((case.truth.clone(), first_id(case))).or_insert(0);
        *times += 1;
        if *times <= 2 && told.len() < TOLD {
            let mut case = (*case).clone();
            case.tools.retain(|tool, _| tool == product::ID);
            told.push(case);
        }
    }
    told
}
