//! What is known of an exporter: a program whose metrics we read.

use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::catalogue::list::closed_list;
use crate::ingest::batch::Labels;
use crate::source::metric::Metric;

closed_list! {
    /// What an exporter tells of.
    ExporterKind {
        /// A serving engine: its series make replicas.
        Engine = "engine",
        /// A device that engines run on.
        Device = "device",
        /// The process or the machine under an engine.
        Host = "host",
        /// What decides where replicas run.
        Scheduler = "scheduler",
        /// What requests pass before they reach an engine.
        Gateway = "gateway",
    }
}

/// A family, or a label of it, that tells the oldest release that could have written it. Families
/// and not names, because a planned query keeps the family and loses the name.
#[derive(Debug, Clone, Copy)]
pub struct VersionHint {
    /// E.g. `>=0.24`.
    pub release: &'static str,
    /// Family that must be there.
    pub family: Family,
    /// Label that it must carry.
    pub label: Option<&'static str>,
}

/// What an engine calls a knob that actions turn.
#[derive(Debug, Clone, Copy)]
pub struct KnobWords {
    /// The knob.
    pub knob: Knob,
    /// How it is turned on a command line, e.g. `--max-num-seqs`.
    pub flag: &'static str,
    /// Label of the configuration that says what is set now.
    pub configured: Option<&'static str>,
    /// Beginnings of the values at which turning it would change nothing, in lower case; empty for
    /// a number, which can always be another.
    pub in_force: &'static [&'static str],
}

/// A defect of a release: what it does to the times that an engine records.
#[derive(Debug, Clone, Copy)]
pub struct Defect {
    /// Families that may hold such an observation.
    pub families: &'static [Family],
    /// What is recorded and when, with the report of it, as the end of a sentence.
    pub what: &'static str,
}

/// What a scheduler tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A pod.
    Pod,
    /// Replicas that are alike; its pods are `<name>-<template>-<five characters>`.
    Deployment,
    /// Replicas with numbers; its pods are `<name>-<number>`.
    StatefulSet,
    /// What changes the number of replicas of a workload.
    Autoscaler,
    /// A queue of one namespace.
    LocalQueue,
    /// A queue of no namespace: the one its series carry is the exporter's own.
    ClusterQueue,
}

/// Labels that tell what a series belongs to, the most specific first.
#[derive(Debug, Clone, Copy)]
pub struct PlacementLabels {
    /// The process: a replica id, a pod, an address.
    pub process: &'static [&'static str],
    /// The rank within a process that makes a replica of its own.
    pub rank: Option<&'static str>,
    /// Ranks that work on the same requests and show the same values: one stands for all.
    pub joint_ranks: &'static [&'static str],
    /// The served model.
    pub model: &'static [&'static str],
    /// The pod that a series is about, with the label of its namespace.
    pub pod: &'static [(&'static str, &'static str)],
    /// The machine.
    pub node: &'static [&'static str],
    /// The device: its stable id.
    pub device: Option<&'static str>,
    /// Its number on the machine.
    pub device_index: Option<&'static str>,
    /// Its product name.
    pub device_title: Option<&'static str>,
    /// A slice of a device, which is a device of its own.
    pub device_slice: Option<&'static str>,
    /// The address of the pod that a series is about.
    pub pod_address: Option<&'static str>,
    /// The object that a series is about, where it is no pod; the first label that is there counts.
    pub object: &'static [(&'static str, ObjectKind)],
    /// Why an object is as it is, e.g. `reason`: each value has a series of its own.
    pub says: &'static [&'static str],
}

/// Labels that say who scraped, stored or forwarded a series and nothing of whose it is: the scrape
/// job, the members of a highly available pair, the tenants of a store. Where nothing moves that
/// could tell copies from processes, series that differ in nothing else are copies.
pub(crate) const COLLECTOR_LABELS: &[&str] = &[
    "job",
    "monitor",
    "prometheus",
    "prometheus_replica",
    "receive_replica",
    "replica",
    "tenant_id",
];

/// Labels that tell the processes of one address apart, or addresses of one name: a watch of a
/// server must not take those for one engine.
pub(crate) const APART_LABELS: &[&str] = &["namespace", "WorkerId", "ReplicaId"];

/// Labels of what neither serves a model nor is a device.
pub(crate) const PLAIN_LABELS: PlacementLabels = PlacementLabels {
    process: &["ReplicaId", "pod", "kubernetes_pod_name", "pod_name", "instance"],
    rank: None,
    joint_ranks: &[],
    model: &[],
    pod: &[
        ("pod", "namespace"),
        ("kubernetes_pod_name", "kubernetes_namespace"),
        ("pod_name", "pod_namespace"),
    ],
    node: &["node", "kubernetes_node", "nodename"],
    device: None,
    device_index: None,
    device_title: None,
    device_slice: None,
    pod_address: None,
    object: &[],
    says: &[],
};

/// One exporter.
#[derive(Debug)]
pub struct Exporter {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it tells of.
    pub kind: ExporterKind,
    /// The prefix that it writes itself; empty where names have none.
    pub canonical_prefix: &'static str,
    /// Ends of the prefixes that show up in the wild. None: the names are taken as they stand.
    pub prefix_marks: &'static [&'static str],
    /// A label that only a router's copies of its metrics carry.
    pub router_label: Option<&'static str>,
    /// Labels that say what a series belongs to.
    pub labels: PlacementLabels,
    /// Metrics under the prefix; of several for one family the first one present counts.
    pub metrics: &'static [Metric],
    /// Newest first; the first that is found is the hint.
    pub version_hints: &'static [VersionHint],
    /// Reads the limits that the labels of [`Family::CacheConfig`] hold.
    pub cache_limits: fn(&Labels) -> CacheLimits,
    /// Reads who holds and who awaits an adapter slot off the labels of [`Family::Adapters`].
    pub adapter_slots: fn(&Labels) -> Option<AdapterSlots>,
    /// Names of its knobs.
    pub knobs: &'static [KnobWords],
    /// Nothing of a request shows before it ends, so that an engine that is stuck looks idle.
    pub silent_unless_finished: bool,
    /// Values of the labels [`PlacementLabels::says`] that are told; any other stays unsaid, because
    /// it may be anybody's text. Of a device what the bits of [`Family::ClockEventReasons`] mean,
    /// the lowest first; empty where a bit slows nothing.
    pub words: &'static [&'static str],
    /// Values that stand for "not supported" or "not permitted".
    pub blanks: &'static [f64],
    /// Observations that are known to be wrong: negative ones, and such as long as its uptime.
    pub defects: &'static [Defect],
}

impl Exporter {
    /// The words for a knob; None where there is no such knob.
    pub fn knob(&self, knob: Knob) -> Option<&'static KnobWords> {
        self.knobs.iter().find(|words| words.knob == knob)
    }

    /// Whether its series are about objects of a scheduler, wherever they were scraped.
    pub(crate) fn is_about_objects(&self) -> bool {
        !self.labels.object.is_empty()
    }

    /// Whether it tells of what surrounds the engines and not of their own targets.
    pub(crate) fn is_around(&self) -> bool {
        self.is_about_objects() || self.is_router() || self.kind == ExporterKind::Device
    }

    /// Whether it stands in front of several engines, at targets of its own.
    pub(crate) fn is_router(&self) -> bool {
        self.metrics_of(Family::GatewayArrived).next().is_some()
    }

    /// Whether what it tells of may belong to no namespace, or to another one than the engines.
    pub(crate) fn is_of_all_namespaces(&self) -> bool {
        self.is_router()
            || self.labels.object.iter().any(|(_, kind)| *kind == ObjectKind::ClusterQueue)
    }

    /// The metrics of a family in order of preference.
    pub fn metrics_of(&self, family: Family) -> impl Iterator<Item = &'static Metric> {
        self.metrics.iter().filter(move |metric| metric.family == family)
    }

    /// The defect that may have spoilt a family; None where none is known.
    pub fn defect(&self, family: Family) -> Option<&'static Defect> {
        self.defects.iter().find(|defect| defect.families.contains(&family))
    }

    /// Whether this value stands for none.
    pub(crate) fn is_blank(&self, value: f64) -> bool {
        self.blanks.contains(&value)
    }
}

/// What an engine's cache configuration says; an entry that is missing or "None" is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CacheLimits {
    /// Tokens the key-value cache holds.
    pub capacity_tokens: Option<f64>,
    /// Requests of full length that fit at once.
    pub worst_case_concurrency: Option<f64>,
    /// Longest context in tokens.
    pub max_model_len: Option<f64>,
}

/// Slots for adapters (LoRA) of one engine: requests of no more adapters run at once, whatever else
/// is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdapterSlots {
    /// Adapters that may run at once.
    pub slots: usize,
    /// Adapters that run.
    pub running: usize,
    /// Adapters whose requests wait.
    pub waiting: usize,
}

impl AdapterSlots {
    /// Whether requests wait for a slot that another adapter holds.
    pub fn hold_admission(self) -> bool {
        self.waiting > 0 && self.running >= self.slots
    }
}

/// For exporters that tell nothing of adapters.
pub fn no_adapters(_: &Labels) -> Option<AdapterSlots> {
    None
}

/// For an exporter whose labels hold no limits.
pub(crate) fn no_limits(_: &Labels) -> CacheLimits {
    CacheLimits::default()
}
