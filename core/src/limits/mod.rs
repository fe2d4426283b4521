//! Limits of the live engine, each with where it comes from: exported, inferred from behaviour, or
//! given by the user.

pub mod exported;
pub mod plateau;

use crate::catalogue::families::Family;
use crate::catalogue::limits::LimitId;
use crate::catalogue::list::closed_list;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::{Replica, Scope, engines};
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::store::grid::TimeGrid;
use crate::text::number::number;
use crate::window::measurements::Measurements;
use plateau::Plateau;

/// From here on memory may hold admission back.
pub static MEMORY_FULL: Threshold = Threshold {
    id: "memory.full",
    value: 0.9,
    range: (0.5, 1.0),
    reason: Reason::of(
        "Share of the key-value cache in use from which memory, not slots or load, may hold \
             admission back: vLLM keeps a watermark of free blocks, and from 0.9 on a long prompt can \
             fail to fit. Lower, a well-filled healthy cache hides slot caps; higher, a full cache is \
             taken for a cap.",
    ),
};

closed_list! {
    /// Where a limit comes from.
    Provenance {
        /// The engine exports it.
        Exported = "exported",
        /// The engine behaves as if it were so.
        Inferred = "inferred",
        /// The user typed it.
        Given = "given",
    }
}

/// A limit of the live engine beside its use, in the unit of its [`LimitId`].
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Which one.
    pub id: LimitId,
    /// The limit.
    pub value: f64,
    /// Where it comes from.
    pub provenance: Provenance,
    /// How it was found, one sentence.
    pub text: String,
    /// The replica it belongs to; absent when all replicas agree.
    pub replica: Option<String>,
    /// Since when it has been binding, Unix milliseconds.
    pub since: Option<i64>,
    /// What is used of it, in the same unit.
    pub usage: Option<f64>,
    /// `usage / value`, at most 1.
    pub usage_share: Option<f64>,
}

/// Limits of a scope in a window, and the plateaus behind an inferred concurrency cap.
#[derive(Debug, Default)]
pub struct Limits {
    /// For the report.
    pub list: Vec<Limit>,
    /// Replicas whose running batch stands at a cap.
    pub plateaus: Vec<Plateau>,
}

impl Limits {
    /// Finds every limit. A limit given by hand replaces an exported or an inferred one of the same
    /// name, and an exported one an inferred one.
    pub fn find(
        scope: &Scope,
        replicas: &[&Replica],
        grid: &TimeGrid,
        now: &Measurements,
        settings: &Settings,
    ) -> Self {
        let plateaus: Vec<Plateau> = replicas
            .iter()
            .filter_map(|replica| {
                plateau::find(replica, scope.profile, grid, (now.first, now.last), settings)
            })
            .collect_vec();
        let exported = exported::limits(scope, replicas, now, settings);
        let is_cap = |limit: &Limit| limit.id == LimitId::MaxNumSeqs;
        let mut list = Vec::new();
        match settings.given_limit(LimitId::MaxNumSeqs) {
            Some(value) => list.push(given_cap(value, now)),
            None if exported.iter().any(is_cap) => {}
            None => list = inferred_caps(&plateaus, engines(replicas)),
        }
        for limit in exported {
            list.push(limit);
        }
        Self { list, plateaus }
    }

    /// The limit; the first when replicas differ.
    pub fn get(&self, id: LimitId) -> Option<&Limit> {
        self.list.iter().find(|limit| limit.id == id)
    }
}

fn given_cap(value: f64, now: &Measurements) -> Limit {
    let usage = now.gauge(Family::Running).map(|running| running.max);
    Limit {
        id: LimitId::MaxNumSeqs,
        value,
        provenance: Provenance::Given,
        text: format!("given by hand: at most {} running sequences", number(value)),
        replica: None,
        since: None,
        usage,
        usage_share: usage.map(|usage| (usage / value).min(1.0)),
    }
}

#[expect(clippy::float_cmp, reason = "a cap is a whole number")]
fn inferred_caps(plateaus: &[Plateau], engines: usize) -> Vec<Limit> {
    let Some(first) = plateaus.first() else {
        return Vec::new();
    };
    let one_cap = plateaus.iter().all(|plateau| plateau.cap == first.cap);
    let shown = if one_cap { &plateaus[..1] } else { plateaus };
    shown
        .iter()
        .map(|plateau| {
            let on = if one_cap { plateaus.len() } else { 1 };
            Limit {
                id: LimitId::MaxNumSeqs,
                value: plateau.cap,
                        provenance: Provenance::Inferred,
                text: format!(
                    "behaves as if max_num_seqs = {} on {on} of {engines} engines: running stood at {}{} in {} of {} scrapes while requests waited",
                    number(plateau.cap),
                    number(plateau.cap),
                    plateau::dip_text(plateau.dip),
                    plateau.at_cap,
                    plateau.waiting_scrapes
                ),
                replica: (!one_cap).then(|| plateau.replica.clone()),
                since: plateau.since,
                usage: Some(plateau.cap),
                usage_share: Some(1.0),
            }
        })
        .collect_vec()
}
