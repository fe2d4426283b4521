//! What other exporters tell of an engine's process: whether it is up, since when it has run, what
//! its HTTP server answered.

#[cfg(test)]
mod tests;

use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::scope::place::{Target, is_told_by};
use crate::scope::resolve::Resolved;
use crate::scope::{Scope, columns};
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::ExporterKind;
use crate::store::grid::TimeGrid;

/// Gives every replica what was scraped at its own targets. Strangers' series find no replica and
/// change nothing.
///
/// A state of a process is a state of each of its ranks. What it counts goes to the first of them,
/// so that sums over replicas stay right; its processor time, of which no sum is made, to all.
pub(super) fn attach(scopes: &mut [Scope], beside: &[Resolved<'_>], grid: &TimeGrid) {
    let mut by_exporter: SortedMap<&'static str, Vec<(Target, &Resolved<'_>)>> = SortedMap::new();
    for one in beside {
        let exporter = one.reading.exporter;
        let is_beside = matches!(exporter.kind, ExporterKind::Host | ExporterKind::Gateway);
        if is_beside && !exporter.is_router() && !exporter.is_about_objects() {
            let target = Target::of(&one.series.identity.labels, &exporter.labels);
            by_exporter.get_or_insert_with(exporter.id, Vec::new).push((target, one));
        }
    }
    for members in by_exporter.values() {
        for scope in scopes.iter_mut() {
            attach_to(scope, members, grid);
        }
    }
}

fn attach_to(scope: &mut Scope, candidates: &[(Target, &Resolved<'_>)], grid: &TimeGrid) {
    let mut served: Vec<Target> = Vec::new();
    for replica in &mut scope.replicas {
        let is_own = |target: &Target, one: &Resolved<'_>| {
            replica.targets.iter().any(|own| own.is_same_process(target))
                && is_told_by(&replica.told_by, &one.series.identity.labels)
        };
        let own: Vec<&Resolved<'_>> = candidates
            .iter()
            .filter(|(target, one)| is_own(target, one))
            .map(|(_, one)| *one)
            .collect_vec();
        let Some(first) = own.first() else { continue };
        let was_served = |target: &Target| served.iter().any(|own| own.is_same_process(target));
        let is_first_rank = !replica.targets.iter().any(was_served);
        // Ranks and workers of one target stand one after another.
        served.clone_from(&replica.targets);
        // Its repairs concern nothing that a diagnosis is made of.
        let read = columns::columns(
            first.reading.exporter,
            &own,
            &["instance"],
            grid,
            &mut Caveats::new(),
        );
        for (family, quantity) in read.quantities.into_entries() {
            let is_state = matches!(family.shape(), Shape::Gauge | Shape::Info)
                || family == Family::ProcessCpu;
            if (is_state || is_first_rank) && !replica.quantities.contains_key(&family) {
                replica.quantities.insert(family, quantity);
                if let Some(metric) = read.metrics.get(&family) {
                    replica.metrics.insert(family, metric);
                }
            }
        }
    }
}
