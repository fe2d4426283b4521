//! Limits of the live engine, each with where it comes from: exported, inferred from behaviour, or
//! given by the user.

pub mod exported;
pub mod plateau;

use crate::list::Listed;
use crate::profile::family::Family;
use crate::report::{Limit, Provenance};
use crate::scope::{Replica, Scope, engines};
use crate::settings::Settings;
use crate::signal::measurements::Measurements;
use crate::store::grid::TimeGrid;
use crate::wording::number;
use plateau::Plateau;

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
    /// name.
    pub fn find(
        scope: &Scope,
        replicas: &[&Replica],
        grid: &TimeGrid,
        now: &Measurements,
        settings: &Settings,
    ) -> Self {
        let plateaus: Vec<Plateau> = replicas
            .iter()
            .filter_map(|replica| plateau::find(replica, grid, now.first, now.last))
            .list();
        let mut list = Vec::new();
        match settings.limits.get("max_num_seqs") {
            Some(&value) => list.push(given_cap(value, now)),
            None => list.extend(inferred_caps(&plateaus, engines(replicas))),
        }
        list.extend(exported::limits(scope, replicas, now, settings));
        Self { list, plateaus }
    }

    /// The limit of that name; the first when replicas differ.
    pub fn get(&self, name: &str) -> Option<&Limit> {
        self.list.iter().find(|limit| limit.name == name)
    }
}

fn given_cap(value: f64, now: &Measurements) -> Limit {
    let usage = now.gauge(Family::Running).map(|running| running.max);
    Limit {
        name: "max_num_seqs".to_owned(),
        value,
        unit: "sequences".to_owned(),
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
                name: "max_num_seqs".to_owned(),
                value: plateau.cap,
                unit: "sequences".to_owned(),
                provenance: Provenance::Inferred,
                text: format!(
                    "behaves as if max_num_seqs = {} on {on} of {engines} engines: running stood at {} in {} of {} scrapes while requests waited",
                    number(plateau.cap),
                    number(plateau.cap),
                    plateau.at_cap,
                    plateau.waiting_scrapes
                ),
                replica: (!one_cap).then(|| plateau.replica.clone()),
                since: plateau.since,
                usage: Some(plateau.cap),
                usage_share: Some(1.0),
            }
        })
        .list()
}
