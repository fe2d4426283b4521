//! Replicas that are diagnosed without the others: a few that miss an objective which the figures
//! of all together hide, and those that are awake beside sleeping ones.

use super::{Diagnosis, Prepared, look, look_before};
use crate::catalogue::causes::CauseId;
use crate::ingest::batch::Notice;
use crate::scope::Replica;
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::triage::finding::State;
use crate::window::replica_set::ReplicaSet;

/// Replicas that are diagnosed by themselves where nothing fits all of them together. Each costs a
/// diagnosis of one replica; a fleet of which more are outside has its fault in common.
const MOST_ALONE: usize = 4;

/// Causes that only a comparison of replicas shows.
const OF_A_FLEET: [CauseId; 4] = [
    CauseId::ConfigDrift,
    CauseId::PrefillDecodeImbalance,
    CauseId::RoutingImbalance,
    CauseId::SickReplica,
];

/// Diagnoses one scope; `history` is the same scope over a longer or an earlier range, where there
/// is one.
///
/// Where no cause fits all replicas together, and some miss an objective by themselves, those are
/// diagnosed alone: a cause of theirs is the verdict, with their names. So it is where one fits all
/// together and none the others without those few.
pub fn diagnose(
    prepared: &Prepared<'_>,
    history: Option<&Prepared<'_>>,
    notices: &[Notice],
    settings: &Settings,
    window: (usize, usize),
) -> Diagnosis {
    let (mut found, outside) = look(prepared, history, notices, settings, window);
    if found.verdict.id == CauseId::EngineAsleep {
        found.look_beside_sleepers(prepared, history, notices, settings, window);
        return found;
    }
    let is_hidden = found.verdict.id == CauseId::CannotTell;
    let mut clear_elsewhere = Vec::new();
    if !is_hidden {
        let is_few = !outside.is_empty()
            && outside.len() <= MOST_ALONE
            && 2 * outside.len() <= prepared.replicas.len();
        // Only a cause explains seconds; one of the fleet is told by the others, not alone.
        let is_of_fleet = OF_A_FLEET.contains(&found.verdict.id);
        if !is_few || is_of_fleet || found.verdict.explained.is_none() {
            return found;
        }
        let is_other = |at: &usize| outside.iter().all(|one| one.index != *at);
        let others = (0..prepared.replicas.len()).filter(is_other);
        let others = others.map(|at| prepared.replicas[at]).collect_vec();
        let others = alone(prepared, history, &others, notices, settings, window);
        if others.verdict.state == State::Firing {
            return found;
        }
        clear_elsewhere = others.findings;
        clear_elsewhere.retain(|finding| finding.state == State::Clear);
    }
    let mut named: Option<Diagnosis> = None;
    let mut replicas: Vec<String> = Vec::new();
    for one in outside.iter().take(MOST_ALONE) {
        let replica = vec![prepared.replicas[one.index]];
        let other = alone(prepared, history, &replica, notices, settings, window);
        let is_same = named.as_ref().is_none_or(|named| named.verdict.id == other.verdict.id);
        if other.verdict.state == State::Firing && is_same {
            replicas.push(one.replica.clone());
            named.get_or_insert(other);
        }
    }
    if let Some(mut named) = named {
        if !is_hidden {
            // How many requests it concerns is told of all of them.
            named.verdict.severity = found.verdict.severity;
            std::mem::swap(&mut named.verdict.impact, &mut found.verdict.impact);
        }
        let is_clear = clear_elsewhere.iter().any(|finding| finding.id == named.verdict.id);
        found.adopt(named, replicas, prepared.replicas.len());
        if is_hidden {
            found.verdict.detail.push_str(" The figures of all replicas together hide it.");
        } else if is_clear {
            found.verdict.detail.push_str(" The other replicas are clear of it.");
        }
        if let Some(since) = found.begins_in_its_baseline() {
            let before = Some(since);
            let (again, _) = look_before(prepared, history, notices, settings, window, before);
            found.measure_by(again);
        }
    }
    found
}

/// One of the replicas, diagnosed without the others, as where the settings ask for it.
pub fn diagnose_replica(
    prepared: &Prepared<'_>,
    history: Option<&Prepared<'_>>,
    replica: &Replica,
    notices: &[Notice],
    settings: &Settings,
    window: (usize, usize),
) -> Diagnosis {
    alone(prepared, history, &[replica], notices, settings, window)
}

/// Some of the replicas, diagnosed without the others, each against its own history.
fn alone(
    prepared: &Prepared<'_>,
    history: Option<&Prepared<'_>>,
    replicas: &[&Replica],
    notices: &[Notice],
    settings: &Settings,
    window: (usize, usize),
) -> Diagnosis {
    let replica_set = ReplicaSet::of(replicas, prepared.grid);
    let alone = Prepared { replicas: replicas.to_vec(), replica_set: &replica_set, ..*prepared };
    let is_one = |earlier: &&&Replica| replicas.iter().any(|one| one.key == earlier.key);
    let earlier = history.map(|table| table.replicas.iter().filter(is_one).copied().collect_vec());
    let earlier: Vec<&Replica> = earlier.unwrap_or_default();
    let earlier_set = ReplicaSet::of(&earlier, history.map_or(prepared.grid, |table| table.grid));
    let history = history.filter(|_| !earlier.is_empty()).map(|table| Prepared {
        replicas: earlier,
        replica_set: &earlier_set,
        ..*table
    });
    look(&alone, history.as_ref(), notices, settings, window).0
}

impl Diagnosis {
    /// Takes the baseline of another look at the same replicas over, with all that is measured by
    /// it.
    fn measure_by(&mut self, again: Self) {
        self.baseline = again.baseline;
        self.baseline_source = again.baseline_source;
        self.baseline_finished = again.baseline_finished;
        self.signals = again.signals;
        self.phases = again.phases;
        self.slo = again.slo;
    }

    /// An engine that sleeps explains nothing of the others: what is wrong with them comes first.
    fn look_beside_sleepers(
        &mut self,
        prepared: &Prepared<'_>,
        history: Option<&Prepared<'_>>,
        notices: &[Notice],
        settings: &Settings,
        window: (usize, usize),
    ) {
        let all = prepared.replicas.len();
        let sleeps = |replica: &Replica| {
            self.findings.first().is_some_and(|finding| finding.replicas.contains(&replica.key))
        };
        let mut awake = prepared.replicas.clone();
        awake.retain(|replica| !sleeps(replica));
        if awake.is_empty() || awake.len() == all {
            return;
        }
        let names = awake.iter().map(|replica| replica.key.clone()).collect_vec();
        let other = alone(prepared, history, &awake, notices, settings, window);
        let has_work = other.finished.is_some_and(|finished| finished > 0.0);
        let is_firing = other.verdict.state == State::Firing;
        if other.verdict.id != CauseId::Healthy && (is_firing || has_work) {
            self.adopt(other, names, all);
            self.verdict.detail.push_str(" The other replicas sleep.");
        }
    }

    /// Takes the verdict of some replicas over, which was found on them alone.
    fn adopt(&mut self, other: Self, replicas: Vec<String>, all: usize) {
        self.verdict = other.verdict;
        self.findings = other.findings;
        self.ledger = other.ledger;
        // Those of a few replicas are no causes of what all requests together spent.
        for claim in &mut self.claims {
            claim.cause = None;
        }
        let others = replicas.len() - 1;
        let first = replicas.first().map_or("", String::as_str);
        let place = match others {
            0 => format!("{first}, 1 of {all} replicas"),
            _ => format!("{first} and {others} more of {all} replicas"),
        };
        self.verdict.sentence = format!("{place}: {}", self.verdict.sentence);
        if let Some(primary) = self.findings.first_mut() {
            primary.replicas = replicas;
        }
    }
}
