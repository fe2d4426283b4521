//! What a replica can be grouped by: what the labels of its series say, and the machine of its pod.

use crate::catalogue::families::Shape;
use crate::catalogue::groupings::Grouping;
use crate::scope::place::Target;
use crate::scope::resolve::Resolved;
use crate::scope::{Replica, Scope, device};
use crate::small::sorted::SortedMap;
use crate::source::group_labels::group_labels;

/// The labels of its series that say what kind of replica it is. A pod that came back with another
/// label is what it is now.
pub(super) fn groups(series: &[&Resolved<'_>]) -> SortedMap<Grouping, String> {
    let mut groups = SortedMap::new();
    // The labels of an info series are what it tells, not whose it is.
    let is_of_target = |one: &&&Resolved<'_>| one.reading.metric.family.shape() != Shape::Info;
    let newest = |one: &&&Resolved<'_>| one.values.iter().rposition(|value| !value.is_nan());
    let Some(last) = series.iter().filter(is_of_target).max_by_key(newest) else { return groups };
    let labels = &last.series.identity.labels;
    let target = Target::of(labels, &last.reading.exporter.labels);
    for &grouping in Grouping::ALL {
        let said = group_labels(grouping).iter().find_map(|label| labels.get(*label));
        let placed = match grouping {
            Grouping::Node => target.node.as_ref(),
            Grouping::Namespace => target.namespace.as_ref(),
            _ => None,
        };
        if let Some(value) = said.or(placed).filter(|value| !value.is_empty()) {
            groups.insert(grouping, value.clone());
        }
    }
    groups
}

/// The machine of every replica whose pod the scheduler knows and whose own labels do not say it.
pub(super) fn add_nodes(scopes: &mut [Scope], beside: &[Resolved<'_>]) {
    let pods = device::pods(beside);
    if pods.is_empty() {
        return;
    }
    for replica in scopes.iter_mut().flat_map(|scope| &mut scope.replicas) {
        if replica.groups.get(&Grouping::Node).is_none()
            && let Some(node) = node_of(replica, &pods)
        {
            replica.groups.insert(Grouping::Node, node);
        }
    }
}

fn node_of(replica: &Replica, pods: &[Target]) -> Option<String> {
    let own = replica.targets.last()?;
    pods.iter().find(|pod| pod.is_same_pod(own)).and_then(|pod| pod.node.clone())
}
