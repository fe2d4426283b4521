//! Whose series it is: the replica, the node and the pod that the labels of a series name.

use crate::ingest::batch::Labels;
use crate::scope::ALL;
use crate::scope::resolve::Resolved;
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::PlacementLabels;

/// The place of a replica: its process and its rank; either may be empty when a query summed it
/// away.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) process: String,
    /// What tells it from other processes of that name, e.g. the id of a worker; empty where it is
    /// alone.
    pub(super) apart: String,
    pub(super) rank: String,
}

/// The series of one place.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    pub(super) series: Vec<&'a Resolved<'a>>,
    /// More of them, with what a copy knows of the times at which they have no sample.
    pub(super) filled: Vec<Resolved<'a>>,
    /// Names and values of the labels that tell its targets from others at that place; several
    /// where one followed another. Empty where there was nothing to tell.
    pub(super) told_by: Vec<Vec<(&'a str, &'a str)>>,
    /// Several processes answer its scrapes in turn.
    pub(super) is_shared: bool,
    /// It is a sum over targets that counts an engine twice: which, and how, as a sentence.
    pub(super) counted_twice: Option<String>,
}

/// The series of one model by place.
pub(super) type Places<'a> = SortedMap<Place, Members<'a>>;

impl Place {
    pub(super) fn of(one: &Resolved<'_>) -> Self {
        let labels = &one.series.identity.labels;
        let known = &one.reading.exporter.labels;
        let process =
            known.process.iter().find_map(|label| labels.get(*label)).cloned().unwrap_or_default();
        let rank = known.rank.and_then(|label| labels.get(label)).cloned().unwrap_or_default();
        Self { process, apart: String::new(), rank }
    }

    /// The process as a name: `10.0.0.9:8080`, or `10.0.0.9:8080#worker-1` where several answer
    /// there.
    pub(super) fn name(&self) -> String {
        match (self.process.as_str(), self.apart.as_str()) {
            (process, "") => process.to_owned(),
            ("", apart) => apart.to_owned(),
            (process, apart) => format!("{process}#{apart}"),
        }
    }

    pub(super) fn key(&self) -> String {
        match (self.name().as_str(), self.rank.as_str()) {
            ("", "") => ALL.to_owned(),
            ("", rank) => format!("engine-{rank}"),
            (process, "") => format!("{process}/0"),
            (process, rank) => format!("{process}/{rank}"),
        }
    }

    /// A query summed over processes and ranks.
    pub(super) fn is_aggregate(&self) -> bool {
        self.process.is_empty() && self.apart.is_empty() && self.rank.is_empty()
    }
}

impl<'a> Members<'a> {
    pub(super) fn all(&self) -> impl Iterator<Item = &Resolved<'a>> {
        self.series.iter().copied().chain(&self.filled)
    }

    /// Whether a series with these labels can be one of theirs: it contradicts no label that tells
    /// them from others.
    pub(super) fn admit(&self, labels: &Labels) -> bool {
        is_told_by(&self.told_by, labels)
    }

    /// Labels that differ between processes that followed one another.
    pub(super) fn told_apart_by(&self) -> Vec<&str> {
        match &self.told_by[..] {
            [first, _, ..] => first.iter().map(|(name, _)| *name).collect_vec(),
            _ => vec!["instance"],
        }
    }

    pub(super) fn told_by_owned(&self) -> Vec<Vec<(String, String)>> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.told_by.iter().map(|target| target.iter().map(owned).collect_vec()).collect_vec()
    }
}

/// Whether labels contradict none of one of these targets; true where there is nothing to tell.
pub(super) fn is_told_by<T: AsRef<str>>(told_by: &[Vec<(T, T)>], labels: &Labels) -> bool {
    let agrees =
        |(name, value): &(T, T)| labels.get(name.as_ref()).is_none_or(|own| own == value.as_ref());
    told_by.is_empty() || told_by.iter().any(|target| target.iter().all(agrees))
}

/// What a process counts for all of its ranks carries no rank and is no replica of its own: it goes
/// to the first rank of its process, so that sums over replicas stay right.
pub(super) fn join_unranked(places: Places<'_>) -> Places<'_> {
    let mut joined = Places::new();
    let mut entries = places.into_entries().into_iter().peekable();
    while let Some((place, mut members)) = entries.next() {
        let ranked = entries.next_if(|(next, _)| {
            place.rank.is_empty() && !place.process.is_empty() && next.process == place.process
        });
        let place = match ranked {
            Some((ranked, more)) => {
                members.series.extend(more.series);
                ranked
            }
            None => place,
        };
        joined.insert(place, members);
    }
    joined
}

/// Series without a model belong to every model of the same process and rank; a series without rank
/// to every rank of its process.
pub(super) fn attach_without_model<'a>(
    models: &mut SortedMap<String, Places<'a>>,
    without_model: Vec<&'a Resolved<'a>>,
) {
    for one in without_model {
        let place = Place::of(one);
        for (candidate, members) in models.iter_mut().flat_map(|(_, places)| places.iter_mut()) {
            let same_process = place.process.is_empty() || candidate.process == place.process;
            let same_rank =
                place.rank.is_empty() || candidate.rank == place.rank || candidate.rank.is_empty();
            if same_process && same_rank && members.admit(&one.series.identity.labels) {
                members.series.push(one);
            }
        }
    }
}

/// Where a scrape target is, as far as its labels say.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Address with port, as Prometheus scrapes it.
    pub instance: Option<String>,
    /// Pod.
    pub pod: Option<String>,
    /// Namespace of the pod.
    pub namespace: Option<String>,
    /// Machine.
    pub node: Option<String>,
    /// Cluster, where one server stores several: pods of one name run in each of them.
    pub cluster: Option<String>,
}

impl Target {
    pub(super) fn of(labels: &Labels, known: &PlacementLabels) -> Self {
        let value = |label: &str| labels.get(label).filter(|value| !value.is_empty()).cloned();
        let (pod, namespace) = known
            .pod
            .iter()
            .find_map(|(pod, namespace)| Some((Some(value(pod)?), value(namespace))))
            .unwrap_or_default();
        Self {
            instance: value("instance"),
            pod,
            namespace,
            node: known.node.iter().find_map(|label| value(label)),
            cluster: value("cluster"),
        }
    }

    /// The address without its port; of an IPv6 address what stands in brackets.
    pub(super) fn address(&self) -> Option<&str> {
        let instance = self.instance.as_deref()?;
        match instance.strip_prefix('[') {
            Some(rest) => rest.split_once(']').map(|(address, _)| address),
            None => Some(instance.split_once(':').map_or(instance, |(address, _)| address)),
        }
    }

    /// The same process: both at one address, or, where neither has one, in one pod.
    pub(super) fn is_same_process(&self, other: &Self) -> bool {
        let pods_agree = match (&self.pod, &other.pod) {
            (Some(_), Some(_)) => self.is_same_pod(other),
            _ => self.instance.is_some() || self.pod == other.pod,
        };
        self.instance == other.instance && pods_agree
    }

    /// The same pod. Pods of different namespaces may share a name.
    pub(super) fn is_same_pod(&self, other: &Self) -> bool {
        self.pod.is_some() && self.pod == other.pod && self.is_same_namespace(other)
    }

    /// Nothing says that they are of different namespaces or clusters.
    pub(super) fn is_same_namespace(&self, other: &Self) -> bool {
        let agree = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        agree(&self.namespace, &other.namespace) && agree(&self.cluster, &other.cluster)
    }
}

/// Every target that the members of one replica were scraped at: several after a restart at another
/// address.
pub(super) fn targets(members: &[&Resolved<'_>]) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::with_capacity(1);
    for one in members {
        let target = Target::of(&one.series.identity.labels, &one.reading.exporter.labels);
        if targets.last() != Some(&target) && !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}
