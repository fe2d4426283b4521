//! Devices beside the replicas that run on them.

#[cfg(test)]
mod tests;

use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::gauge::Gauge;
use crate::scope::place::Target;
use crate::scope::resolve::Resolved;
use crate::scope::{Quantity, Scope, columns};
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::{Exporter, ExporterKind};
use crate::store::grid::TimeGrid;

/// By what a device was given to its replicas, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacedBy {
    /// Its series name the pod of a replica.
    Pod,
    /// It is in the machine that a replica runs on. Other work may run on it too.
    Node,
}

/// A device, e.g. a GPU or a slice of one.
#[derive(Debug)]
pub struct Device {
    /// The exporter that tells of it.
    pub exporter: &'static Exporter,
    /// Stable id; empty where the exporter gives none.
    pub id: String,
    /// Its number on the machine, e.g. `0`.
    pub index: Option<String>,
    /// Product name, e.g. `NVIDIA L40S`.
    pub title: Option<String>,
    /// The machine it is in.
    pub node: Option<String>,
    /// Keys of the replicas of this scope that it serves. Empty: nothing tells whose it is.
    pub replicas: Vec<String>,
    /// How that is known; None without replicas.
    pub placed_by: Option<PlacedBy>,
    /// What the exporter says of it.
    pub quantities: SortedMap<Family, Quantity>,
}

impl Device {
    /// The gauge of that family.
    pub fn gauge(&self, family: Family) -> Option<&Gauge> {
        match self.quantities.get(&family) {
            Some(Quantity::Gauge(gauge)) => Some(gauge),
            _ => None,
        }
    }
}

/// The series of one device with the targets that they name.
struct Found<'a> {
    exporter: &'static Exporter,
    id: String,
    index: Option<String>,
    title: Option<String>,
    members: Vec<(Target, &'a Resolved<'a>)>,
}

/// Gives every scope the devices of its replicas: by pod, else by node. Where pods are mapped to
/// devices at all, a device of another pod is a stranger's; the same with nodes. Where nothing
/// tells whose any device is, all of them are kept without a replica.
pub(super) fn place(scopes: &mut [Scope], beside: &[Resolved<'_>], grid: &TimeGrid) {
    let devices = devices(beside);
    if devices.is_empty() {
        return;
    }
    let pods = pods(beside);
    for by in [PlacedBy::Pod, PlacedBy::Node] {
        let mut any = false;
        for scope in scopes.iter_mut() {
            for found in &devices {
                any |= place_in(scope, found, by, &pods, grid);
            }
        }
        if any {
            return;
        }
    }
    for scope in scopes {
        for found in &devices {
            let members: Vec<_> = found.members.iter().collect_vec();
            scope.devices.push(device(found, &members, Vec::new(), None, grid));
        }
    }
}

fn place_in(
    scope: &mut Scope,
    found: &Found<'_>,
    by: PlacedBy,
    pods: &[Target],
    grid: &TimeGrid,
) -> bool {
    let belongs = |target: &Target, own: &Target| match by {
        PlacedBy::Pod => target.is_same_pod(own),
        PlacedBy::Node => is_same_node(target, own, pods),
    };
    // A device may have served another pod before: only what it did for these replicas counts.
    let members: Vec<_> = found
        .members
        .iter()
        .filter(|(target, _)| {
            let mut targets = scope.replicas.iter().flat_map(|replica| &replica.targets);
            targets.any(|own| belongs(target, own))
        })
        .collect_vec();
    if members.is_empty() {
        return false;
    }
    let keys: Vec<String> = scope
        .replicas
        .iter()
        .filter(|replica| {
            let mut targets = replica.targets.iter();
            targets.any(|own| members.iter().any(|(target, _)| belongs(target, own)))
        })
        .map(|replica| replica.key.clone())
        .collect_vec();
    scope.devices.push(device(found, &members, keys, Some(by), grid));
    true
}

fn device(
    found: &Found<'_>,
    members: &[&(Target, &Resolved<'_>)],
    replicas: Vec<String>,
    placed_by: Option<PlacedBy>,
    grid: &TimeGrid,
) -> Device {
    let series: Vec<&Resolved<'_>> = members.iter().map(|(_, one)| *one).collect_vec();
    let read = columns::columns(found.exporter, &series, &["instance"], grid, &mut Caveats::new());
    Device {
        exporter: found.exporter,
        id: found.id.clone(),
        index: found.index.clone(),
        title: found.title.clone(),
        node: members.iter().find_map(|(target, _)| target.node.clone()),
        replicas,
        placed_by,
        quantities: read.quantities,
    }
}

fn devices<'a>(beside: &'a [Resolved<'a>]) -> Vec<Found<'a>> {
    type Number = (Option<String>, Option<String>);
    type Key = (&'static str, String, Option<Number>, Option<String>);
    let mut by_key: SortedMap<Key, Found<'a>> = SortedMap::new();
    for one in beside.iter().filter(|one| one.reading.exporter.kind == ExporterKind::Device) {
        let exporter = one.reading.exporter;
        let known = &exporter.labels;
        let labels = &one.series.identity.labels;
        let value = |label: Option<&str>| label.and_then(|label| labels.get(label)).cloned();
        let target = Target::of(labels, known);
        let id = value(known.device).unwrap_or_default();
        let index = value(known.device_index);
        // Numbers repeat from machine to machine, ids do not.
        let number = id.is_empty().then(|| (target.node.clone(), index.clone()));
        let key = (exporter.id, id.clone(), number, value(known.device_slice));
        let make =
            || Found { exporter, id, index, title: value(known.device_title), members: Vec::new() };
        by_key.get_or_insert_with(key, make).members.push((target, one));
    }
    by_key.into_entries().into_iter().map(|(_, found)| found).collect_vec()
}

/// The node of every pod that a scheduler tells of; its address stands in `instance`.
pub(super) fn pods(beside: &[Resolved<'_>]) -> Vec<Target> {
    beside
        .iter()
        .filter(|one| one.reading.metric.family == Family::PodInfo)
        .map(|one| {
            let labels = &one.series.identity.labels;
            let known = &one.reading.exporter.labels;
            let address = known.pod_address.and_then(|label| labels.get(label)).cloned();
            Target { instance: address, ..Target::of(labels, known) }
        })
        .collect_vec()
}

/// Whether a device is in the machine of a replica: by the node's name, which the engine's labels
/// give or the scheduler knows, or by the address of both exporters.
fn is_same_node(device: &Target, engine: &Target, pods: &[Target]) -> bool {
    let is_node = |node: Option<&str>| node.is_some() && node == device.node.as_deref();
    let is_engine = |pod: &&Target| {
        pod.is_same_pod(engine) || (pod.instance.is_some() && pod.address() == engine.address())
    };
    is_node(engine.node.as_deref())
        || is_node(engine.address())
        || (engine.address().is_some() && engine.address() == device.address())
        || pods.iter().filter(is_engine).any(|pod| is_node(pod.node.as_deref()))
}
