//! The faults an LLM service is known to have, each with the id of the verdict that names it.

use inference_triage_core::catalogue::causes::CauseId;

/// One fault class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Position in the published order, from 1.
    pub number: usize,
    /// Id of the verdict that names it.
    pub id: &'static str,
    /// What it is, a phrase.
    pub title: &'static str,
    /// Whether it is a fault although every request may be as fast as it should: nothing but the
    /// right name is then right. Other faults count only where requests miss their objective.
    pub silent: bool,
}

const fn harmful(number: usize, id: &'static str, title: &'static str) -> Class {
    Class { number, id, title, silent: false }
}

const fn silent(number: usize, id: &'static str, title: &'static str) -> Class {
    Class { number, id, title, silent: true }
}

/// Every class that can be told by more than its own gauge: that an engine sleeps is said by
/// `engine_sleep_state` alone, so a sample with it would measure who reads the gauge.
pub static CLASSES: [Class; 36] = [
    harmful(1, "slot-cap", "concurrency limit too low"),
    harmful(2, "load-above-capacity", "more load than capacity"),
    harmful(3, "kv-admission", "memory holds admission back, no preemption"),
    harmful(4, "kv-thrash", "memory full, requests preempted"),
    harmful(5, "token-budget", "token budget of a step too small"),
    harmful(6, "long-prompts", "prompts became long"),
    harmful(7, "prefix-cache-collapse", "prefix cache stopped hitting"),
    harmful(8, "prefill-decode-interference", "prefill stalls decode"),
    harmful(9, "slow-decode", "device slowed down"),
    harmful(10, "batch-growth", "tokens slower because the batch grew"),
    harmful(11, "long-context", "tokens slower because contexts grew"),
    harmful(12, "interconnect", "links between devices degraded"),
    harmful(13, "front-end-cpu", "front end short of processor"),
    harmful(14, "output-backpressure", "output held up behind the engine"),
    harmful(15, "speculation-not-paying", "speculation accepted too rarely"),
    harmful(16, "routing-imbalance", "load spread unevenly"),
    harmful(17, "sick-replica", "one replica slower than its peers"),
    harmful(18, "cold-start", "a new process warms up"),
    silent(19, "restart-loop", "the engine restarts again and again"),
    harmful(20, "kv-transfer-stall", "requests wait for remote cache"),
    harmful(21, "lora-churn", "adapters are loaded and thrown out"),
    silent(22, "client-aborts", "clients give up"),
    harmful(23, "runaway-outputs", "outputs became long"),
    harmful(24, "burst", "a short burst"),
    harmful(25, "capacity-pending", "replicas wanted but not scheduled"),
    harmful(26, "encoder-cost", "prefill dear without more tokens"),
    silent(27, "telemetry-fault", "the numbers contradict each other"),
    silent(28, "upstream-starvation", "requests do not reach the engine"),
    silent(29, "error-burst", "requests end in errors"),
    silent(30, "over-provisioned", "far more capacity than load"),
    harmful(31, "engine-hang", "an engine computes nothing for minutes"),
    harmful(32, "host-bound", "the host is late with every step"),
    harmful(33, "config-drift", "one replica with another slot cap"),
    harmful(34, "admission-rejected", "requests refused without need"),
    harmful(35, "head-of-line", "a giant prompt holds up the queue"),
    harmful(36, "grammar-stall", "requests wait for their grammar"),
];

/// Families of classes: what is short, or where to look, by the classes in each.
pub const FAMILIES: [(&str, &[&str]); 6] = [
    (
        "admission",
        &[
            "slot-cap",
            "load-above-capacity",
            "kv-admission",
            "kv-thrash",
            "token-budget",
            "batch-growth",
            "kv-transfer-stall",
            "lora-churn",
            "burst",
            "capacity-pending",
            "head-of-line",
            "grammar-stall",
        ],
    ),
    (
        "work",
        &[
            "long-prompts",
            "prefix-cache-collapse",
            "prefill-decode-interference",
            "long-context",
            "runaway-outputs",
            "encoder-cost",
            "upstream-starvation",
            "over-provisioned",
        ],
    ),
    (
        "speed",
        &[
            "slow-decode",
            "interconnect",
            "front-end-cpu",
            "output-backpressure",
            "speculation-not-paying",
            "host-bound",
        ],
    ),
    (
        "fleet",
        &[
            "routing-imbalance",
            "sick-replica",
            "cold-start",
            "restart-loop",
            "engine-hang",
            "config-drift",
        ],
    ),
    ("ends", &["client-aborts", "error-burst", "admission-rejected"]),
    ("data", &["telemetry-fault"]),
];

/// Names that ask for the same act as a class's own, by the class: whoever follows either does the
/// same thing to the same part.
const SAME_ACT: [(&str, &[&str]); 12] = [
    ("load-above-capacity", &["burst", "capacity-pending", "batch-growth"]),
    ("burst", &["load-above-capacity", "capacity-pending"]),
    ("capacity-pending", &["load-above-capacity"]),
    ("batch-growth", &["load-above-capacity"]),
    ("slow-decode", &["device-slow"]),
    ("interconnect", &["device-slow", "slow-decode"]),
    ("front-end-cpu", &["front-end"]),
    ("output-backpressure", &["front-end", "front-end-cpu"]),
    ("cold-start", &["replica-starting"]),
    ("encoder-cost", &["multimodal-encoder"]),
    ("error-burst", &["engine-errors"]),
    // Its act is to compare what the gateway receives with what reaches the engine. Without a
    // gateway's series nothing tells requests that get lost from those that were never sent.
    ("upstream-starvation", &["low-traffic"]),
];

/// Names that are half right: the same part is short, and the acts overlap.
const HALF_RIGHT: [(&str, &[&str]); 7] = [
    ("kv-admission", &["kv-thrash"]),
    ("kv-thrash", &["kv-admission"]),
    // Without the flag the two look alike, and shorter prompts cure both.
    ("token-budget", &["long-prompts"]),
    ("over-provisioned", &["low-traffic"]),
    // Something beside the model is slow, and is looked at where the steps are made.
    ("host-bound", &["device-slow", "slow-decode"]),
    // The right flag, of more replicas than need it.
    ("config-drift", &["slot-cap"]),
    ("head-of-line", &["kv-admission", "long-prompts"]),
];

/// Knobs that mend a class, the likeliest first; what is only inspected is none. The best of them
/// is the ceiling that an advice is compared with.
const REMEDIES: [(&str, &[&str]); 23] = [
    ("slot-cap", &["raise-max-num-seqs", "add-replicas"]),
    ("load-above-capacity", &["add-replicas", "shed-load"]),
    ("kv-admission", &["raise-kv-memory", "add-replicas"]),
    ("kv-thrash", &["raise-kv-memory", "lower-max-num-seqs"]),
    ("token-budget", &["raise-token-budget", "add-replicas"]),
    ("long-prompts", &["shorten-prompts", "add-replicas"]),
    ("prefix-cache-collapse", &["restore-prefixes", "add-replicas"]),
    ("prefill-decode-interference", &["limit-prefill-chunks", "shorten-prompts"]),
    ("batch-growth", &["add-replicas", "shed-load"]),
    ("long-context", &["shorten-prompts", "add-replicas"]),
    ("front-end-cpu", &["add-api-servers", "add-replicas"]),
    ("speculation-not-paying", &["disable-speculation", "add-replicas"]),
    ("routing-imbalance", &["balance-routing", "add-replicas"]),
    ("sick-replica", &["replace-replica", "add-replicas"]),
    ("lora-churn", &["raise-max-loras", "add-replicas"]),
    ("runaway-outputs", &["limit-outputs", "add-replicas"]),
    ("burst", &["add-replicas", "shed-load"]),
    ("capacity-pending", &["free-quota", "add-replicas"]),
    ("encoder-cost", &["reduce-encoder-work", "add-replicas"]),
    ("engine-hang", &["restart-engine"]),
    ("config-drift", &["replace-replica", "raise-max-num-seqs"]),
    ("head-of-line", &["raise-kv-memory", "shorten-prompts"]),
    ("grammar-stall", &["reduce-encoder-work"]),
];

fn listed(table: &[(&str, &'static [&'static str])], id: &str) -> &'static [&'static str] {
    table.iter().find(|(class, _)| *class == id).map_or(&[], |(_, ids)| ids)
}

/// The class of that id.
pub fn class(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.id == id)
}

impl Class {
    /// Whether a name is the class's own or asks for the same act.
    pub fn is_named_by(&self, id: &str) -> bool {
        id == self.id || listed(&SAME_ACT, self.id).contains(&id)
    }

    /// Whether a name is half right.
    pub fn is_half_named_by(&self, id: &str) -> bool {
        listed(&HALF_RIGHT, self.id).contains(&id)
    }

    /// Knobs that mend it, the likeliest first; empty where nothing that can be turned does.
    pub fn remedies(&self) -> &'static [&'static str] {
        listed(&REMEDIES, self.id)
    }

    /// Whether the diagnosis has a rule that can name it, by its own name or another one for the
    /// same act.
    pub fn has_rule(&self) -> bool {
        let names = std::iter::once(&self.id).chain(listed(&SAME_ACT, self.id));
        names.into_iter().any(|name| CauseId::from_id(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use inference_triage_simulator::configuration::Knob;

    use super::*;

    #[test]
    fn tables_speak_of_classes_and_knobs_that_exist() {
        for (id, _) in SAME_ACT.iter().chain(&HALF_RIGHT).chain(&REMEDIES) {
            assert!(super::class(id).is_some(), "{id}");
        }
        for knob in REMEDIES.iter().flat_map(|(_, knobs)| *knobs) {
            assert!(Knob::from_id(knob).is_some(), "{knob}");
        }
    }

    #[test]
    fn every_class_has_one_family() {
        for class in &CLASSES {
            let families = FAMILIES.iter().filter(|(_, classes)| classes.contains(&class.id));
            assert_eq!(families.count(), 1, "{}", class.id);
        }
        let listed: usize = FAMILIES.iter().map(|(_, classes)| classes.len()).sum();
        assert_eq!(listed, CLASSES.len());
    }

    #[test]
    fn another_name_for_the_same_act_is_right_and_a_neighbour_is_half_right() {
        let class = |id| super::class(id).unwrap();
        assert!(class("burst").is_named_by("load-above-capacity"));
        assert!(!class("slot-cap").is_named_by("load-above-capacity"));
        assert!(class("kv-thrash").is_half_named_by("kv-admission"));
        assert!(!class("kv-thrash").is_named_by("kv-admission"));
    }

    #[test]
    fn numbers_run_from_one_and_ids_differ() {
        for (index, class) in CLASSES.iter().enumerate() {
            assert_eq!(class.number, index + 1);
            assert_eq!(super::class(class.id), Some(class), "{} is taken twice", class.id);
        }
    }
}
