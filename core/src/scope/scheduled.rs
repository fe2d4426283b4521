//! What schedulers tell of the workload that replicas belong to.

#[cfg(test)]
mod tests;

use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::ingest::batch::Labels;
use crate::scope::fronts::is_copy;
use crate::scope::place::Target;
use crate::scope::resolve::Resolved;
use crate::scope::{Quantity, Scope, columns};
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::{Exporter, ObjectKind};
use crate::store::grid::TimeGrid;

/// Label of the workload that an autoscaler scales, and what KEDA puts before the workload's name
/// to name the autoscaler that it makes.
const SCALES: &str = "scaletargetref_name";
const MADE_BY_KEDA: &str = "keda-hpa-";

/// Characters behind the last hyphen of a deployment's pod.
const POD_SUFFIX: usize = 5;

/// Characters of the hash of a deployment's template: a number of 32 bits, each digit one of them.
const TEMPLATE: std::ops::RangeInclusive<usize> = 5..=10;

/// What Kubernetes makes such parts of: no vowels, so that no word comes out. A job that is named
/// for the deployment has a word there.
const MADE_UP: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// An object of a scheduler that replicas of a scope depend on.
#[derive(Debug)]
pub struct Scheduled {
    /// What it is.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// Keys of the replicas that run in it; empty for what is no pod of theirs.
    pub replicas: Vec<String>,
    /// Why it is so, in the scheduler's word; empty where nothing known is said.
    pub says: &'static str,
    /// What is said of it.
    pub quantities: SortedMap<Family, Quantity>,
}

impl Scheduled {
    /// The gauge of that family.
    pub fn gauge(&self, family: Family) -> Option<&Gauge> {
        match self.quantities.get(&family) {
            Some(Quantity::Gauge(gauge)) => Some(gauge),
            _ => None,
        }
    }

    /// The counter of that family.
    pub fn counter(&self, family: Family) -> Option<&CounterColumn> {
        match self.quantities.get(&family) {
            Some(Quantity::Counter(counter)) => Some(counter),
            _ => None,
        }
    }
}

/// The series of one object that say the same of it.
struct Object<'a> {
    kind: ObjectKind,
    /// Its name as a pod, with namespace and cluster.
    target: Target,
    exporter: &'static Exporter,
    says: &'static str,
    members: Vec<&'a Resolved<'a>>,
}

/// Gives every scope what is said of its workloads and their pods, autoscalers and queues. Objects
/// of other workloads change nothing, and where two workloads could be that of a scope neither is.
pub(super) fn place(scopes: &mut [Scope], beside: &[Resolved<'_>], grid: &TimeGrid) {
    let objects = objects(beside);
    if objects.is_empty() {
        return;
    }
    for scope in scopes {
        let workloads = workloads(scope, &objects);
        for object in &objects {
            let pods = || scope.replicas.iter().flat_map(|replica| &replica.targets);
            let is_own = match object.kind {
                ObjectKind::Deployment | ObjectKind::StatefulSet => {
                    workloads.iter().any(|one| is_same(one, object))
                }
                ObjectKind::Pod => {
                    pods().any(|pod| pod.is_same_pod(&object.target))
                        || workloads.iter().any(|one| is_pod_of(&object.target, one))
                }
                ObjectKind::Autoscaler => workloads.iter().any(|one| scales(object, &objects, one)),
                ObjectKind::LocalQueue => {
                    let own = workloads.iter().map(|one| &one.target);
                    pods().chain(own).any(|one| {
                        one.namespace.is_some()
                            && one.namespace == object.target.namespace
                            && one.is_same_namespace(&object.target)
                    })
                }
                ObjectKind::ClusterQueue => is_queue_of(object, &workloads),
            };
            if is_own {
                let read = columns::columns(
                    object.exporter,
                    &object.members,
                    &["instance"],
                    grid,
                    &mut Caveats::new(),
                );
                let runs = |targets: &[Target]| {
                    targets.iter().any(|target| target.is_same_pod(&object.target))
                };
                let own = scope.replicas.iter().filter(|replica| runs(&replica.targets));
                let replicas = own.map(|replica| replica.key.clone()).collect_vec();
                scope.scheduled.push(Scheduled {
                    kind: object.kind,
                    name: object.target.pod.clone().unwrap_or_default(),
                    replicas: if object.kind == ObjectKind::Pod { replicas } else { Vec::new() },
                    says: object.says,
                    quantities: read.quantities,
                });
            }
        }
    }
}

fn objects<'a>(beside: &'a [Resolved<'a>]) -> Vec<Object<'a>> {
    let mut by_key: SortedMap<(ObjectKind, Target, &str), Object<'a>> = SortedMap::new();
    for one in beside.iter().filter(|one| one.reading.exporter.is_about_objects()) {
        let exporter = one.reading.exporter;
        let labels = &one.series.identity.labels;
        let Some((kind, target)) = object_of(labels, exporter) else { continue };
        let said = exporter.labels.says.iter().find_map(|label| labels.get(*label));
        let known = |word: &&&'static str| said.is_some_and(|said| said == **word);
        let says = exporter.words.iter().find(known).copied().unwrap_or_default();
        let make = || Object { kind, target: target.clone(), exporter, says, members: Vec::new() };
        let members = &mut by_key.get_or_insert_with((kind, target.clone(), says), make).members;
        if !members.iter().any(|known| is_copy(known, one)) {
            members.push(one);
        }
    }
    by_key.into_entries().into_iter().map(|(_, object)| object).collect_vec()
}

/// What a series is about; None where its labels do not say it. Address and machine are the
/// exporter's own.
fn object_of(labels: &Labels, exporter: &Exporter) -> Option<(ObjectKind, Target)> {
    let target = Target::of(labels, &exporter.labels);
    let value = |label: &str| labels.get(label).filter(|value| !value.is_empty());
    let named = exporter.labels.object.iter();
    let (name, kind) = match named.copied().find_map(|(label, kind)| Some((value(label)?, kind))) {
        Some((name, kind)) if kind != ObjectKind::Pod => (name.clone(), kind),
        _ => (target.pod?, ObjectKind::Pod),
    };
    // A workload's series has no pod of its own, so its namespace is not that of the pair of a pod.
    let mut namespaces = exporter.labels.pod.iter();
    let namespace = namespaces.find_map(|(_, label)| value(label)).cloned();
    let namespace = namespace.filter(|_| kind != ObjectKind::ClusterQueue);
    Some((
        kind,
        Target { pod: Some(name), namespace, cluster: target.cluster, ..Target::default() },
    ))
}

/// The workloads that run replicas of a scope.
fn workloads<'o, 'a>(scope: &Scope, objects: &'o [Object<'a>]) -> Vec<&'o Object<'a>> {
    let mut found: Vec<&Object<'_>> = Vec::new();
    for object in objects {
        let mut pods = scope.replicas.iter().flat_map(|replica| &replica.targets);
        if pods.any(|pod| is_pod_of(pod, object)) {
            found.push(object);
        }
    }
    // Where the engines do not say their namespace, workloads of one name may be anybody's.
    let is_alone = |one: &&&Object<'_>| {
        let name =
            |other: &&&Object<'_>| (other.kind, &other.target.pod) == (one.kind, &one.target.pod);
        found.iter().filter(name).count() == 1 || says_place(scope, &one.target)
    };
    found.iter().filter(is_alone).copied().collect_vec()
}

/// Whether the engines of a scope say that they are of this namespace and cluster.
fn says_place(scope: &Scope, target: &Target) -> bool {
    let mut pods = scope.replicas.iter().flat_map(|replica| &replica.targets);
    pods.any(|pod| pod.namespace == target.namespace && pod.cluster == target.cluster)
}

fn is_same(one: &Object<'_>, other: &Object<'_>) -> bool {
    one.kind == other.kind && one.target == other.target
}

/// Whether the name of a pod is one that this workload gives.
fn is_pod_of(pod: &Target, workload: &Object<'_>) -> bool {
    let (Some(name), Some(own)) = (&pod.pod, &workload.target.pod) else { return false };
    let Some(rest) = name.strip_prefix(own.as_str()).and_then(|rest| rest.strip_prefix('-')) else {
        return false;
    };
    let is_named = match workload.kind {
        ObjectKind::StatefulSet => {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())
        }
        ObjectKind::Deployment => rest.split_once('-').is_some_and(|(template, suffix)| {
            let is_made_up = |part: &str| part.bytes().all(|byte| MADE_UP.contains(&byte));
            TEMPLATE.contains(&template.len())
                && suffix.len() == POD_SUFFIX
                && is_made_up(template)
                && is_made_up(suffix)
        }),
        _ => false,
    };
    is_named && pod.is_same_namespace(&workload.target)
}

/// Whether an autoscaler scales a workload: it says so, or is named for it.
fn scales(autoscaler: &Object<'_>, objects: &[Object<'_>], workload: &Object<'_>) -> bool {
    if !autoscaler.target.is_same_namespace(&workload.target) {
        return false;
    }
    let (Some(name), Some(own)) = (&autoscaler.target.pod, &workload.target.pod) else {
        return false;
    };
    let same = objects.iter().filter(|one| is_same(one, autoscaler));
    let mut labels = same.flat_map(|one| &one.members).map(|one| &one.series.identity.labels);
    match labels.find_map(|labels| labels.get(SCALES)) {
        Some(target) => target == own,
        None => name == own || name.strip_prefix(MADE_BY_KEDA) == Some(own),
    }
}

/// Whether a queue without a namespace is that of these workloads: it is named for one, or for its
/// namespace. That it is the only one there is says nothing: another may not have been asked for.
fn is_queue_of(queue: &Object<'_>, workloads: &[&Object<'_>]) -> bool {
    let is_named = |one: &&Object<'_>| {
        queue.target.pod == one.target.pod || queue.target.pod == one.target.namespace
    };
    workloads.iter().any(is_named)
}
