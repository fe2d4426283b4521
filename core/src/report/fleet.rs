//! Every replica beside the others: its share of the load, what it holds, how fast it is at equal
//! load, and in what it stands out.

mod deviation;
mod equal_load;
mod figures;
mod sentence;
#[cfg(test)]
mod tests;
mod verdicts;

use serde::Serialize;

pub use verdicts::{ReplicaVerdict, ReplicaVerdicts};

use crate::catalogue::fleet::{Deviation, FleetFigure};
use crate::catalogue::groupings::Grouping;
use crate::diagnosis::{Diagnosis, Prepared};
use crate::limits::{Limit, Limits};
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::small::sorted::{SortedMap, sort};
use crate::triage::finding::State;
use crate::window::measurements::Measurements;

/// Every replica of a scope over the window, whichever the diagnosis looks at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Fleet {
    /// Who stands out and why, or how alike they are, one or two sentences.
    pub sentence: String,
    /// What tells some of them from others; what all have in common is left out.
    pub groupings: Vec<Grouping>,
    /// Those that the verdict names first, then those that stand out, then by what waits.
    pub rows: Vec<FleetRow>,
}

/// One replica.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FleetRow {
    /// Its key, `<pod or instance>/<engine rank>`.
    pub replica: String,
    /// The verdict names it.
    pub is_named: bool,
    /// What its labels and the scheduler say of it.
    pub groups: Groups,
    /// What was measured; in reading order.
    pub figures: Figures,
    /// In what it stands out among its peers; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub deviation: Option<FleetDeviation>,
}

/// In what a replica stands out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FleetDeviation {
    /// In what.
    pub kind: Deviation,
    /// How far, one clause without the replica's name.
    pub text: String,
}

/// Figures by name; what is not measured is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Figures(SortedMap<FleetFigure, f64>);

/// Values by what replicas can be grouped by.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Groups(SortedMap<Grouping, String>);

impl Figures {
    /// A figure; None where it is not measured.
    pub fn get(&self, figure: FleetFigure) -> Option<f64> {
        self.0.get(&figure).copied()
    }

    fn leave_out_counts(&mut self) {
        for counted in [FleetFigure::Arrivals, FleetFigure::ArrivalShare, FleetFigure::Failed] {
            self.0.remove(&counted);
        }
    }

    fn set(&mut self, figure: FleetFigure, value: Option<f64>) {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.0.insert(figure, value);
        }
    }
}

impl FromIterator<(FleetFigure, f64)> for Figures {
    fn from_iter<T: IntoIterator<Item = (FleetFigure, f64)>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

impl Groups {
    /// What is known of one grouping.
    pub fn get(&self, grouping: Grouping) -> Option<&str> {
        self.0.get(&grouping).map(String::as_str)
    }
}

impl Fleet {
    /// Of all replicas of a scope beside the diagnosis of the scope, or of one of them; None where
    /// the data tell fewer than two apart.
    pub(crate) fn of(all: &Prepared<'_>, settings: &Settings, found: &Diagnosis) -> Option<Self> {
        let places =
            (0..all.replicas.len()).filter(|&at| !all.replicas[at].aggregate).collect_vec();
        if places.len() < 2 {
            return None;
        }
        let alone = (settings.scope.replica.is_some()).then(|| limits_of(all, settings, found));
        let limits = alone.as_ref().unwrap_or(&found.limits);
        let mut figures = figures::of(all, &places, found.window, limits);
        // As the report's own: a count that contradictions show to be wrong is no figure.
        if found.quality.caveats.iter().any(|caveat| caveat.id.is_of_counts()) {
            figures.iter_mut().for_each(Figures::leave_out_counts);
        }
        equal_load::add(all, &places, found.window, &mut figures);
        let deviations = deviation::of(all, &places, settings, found, &figures);
        let primary = found.findings.first().filter(|one| one.state == State::Firing);
        let rows = places.iter().zip(figures).zip(deviations);
        let row = |((&at, figures), deviation): ((&usize, Figures), Option<FleetDeviation>)| {
            let replica = all.replicas[at];
            FleetRow {
                replica: replica.key.clone(),
                is_named: primary.is_some_and(|one| one.replicas.contains(&replica.key)),
                groups: Groups(replica.groups.clone()),
                figures,
                deviation,
            }
        };
        let mut rows = rows.map(row).collect_vec();
        // A verdict that names every replica singles none out.
        if rows.iter().all(|row| row.is_named) {
            for row in &mut rows {
                row.is_named = false;
            }
        }
        let waits = |row: &FleetRow| row.figures.get(FleetFigure::Waiting).unwrap_or(0.0);
        let kind =
            |row: &FleetRow| row.deviation.as_ref().map_or(usize::MAX, |one| one.kind as usize);
        sort(&mut rows, |left, right| {
            let named = right.is_named.cmp(&left.is_named);
            let waiting = || waits(right).total_cmp(&waits(left));
            named.then_with(|| kind(left).cmp(&kind(right))).then_with(waiting)
        });
        Some(Self { sentence: sentence::of(&rows), groupings: groupings(&rows), rows })
    }
}

/// Limits of all replicas, where the diagnosis looked at one of them.
fn limits_of(all: &Prepared<'_>, settings: &Settings, found: &Diagnosis) -> Vec<Limit> {
    let (first, last) = found.window;
    let now = Measurements::of(&all.replicas, all.replica_set, all.grid, first, last);
    Limits::find(all.scope, &all.replicas, all.grid, &now, settings).list
}

/// What some have and others have not, or another value of.
fn groupings(rows: &[FleetRow]) -> Vec<Grouping> {
    let all = Grouping::ALL.iter().copied();
    let differs = |grouping: &Grouping| {
        rows.iter().any(|row| row.groups.get(*grouping) != rows[0].groups.get(*grouping))
    };
    all.filter(differs).collect_vec()
}

#[cfg(feature = "typescript")]
mod typescript {
    use super::{Figures, Groups};

    macro_rules! record {
        ($type:ident, $name:literal) => {
            impl ts_rs::TS for $type {
                type WithoutGenerics = Self;
                type OptionInnerType = Self;
                fn name(_: &ts_rs::Config) -> String {
                    $name.to_owned()
                }
                fn inline(config: &ts_rs::Config) -> String {
                    Self::name(config)
                }
            }
        };
    }

    record!(Figures, "Partial<Record<FleetFigure, number>>");
    record!(Groups, "Partial<Record<Grouping, string>>");
}
