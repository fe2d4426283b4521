//! The thirty faults an LLM service is known to have, each with the id of the verdict that names
//! it.

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

/// Every class.
pub static CLASSES: [Class; 30] = [
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
];

/// The class of that id.
pub fn class(id: &str) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.id == id)
}

impl Class {
    /// Whether the diagnosis has a rule that can name it.
    pub fn has_rule(&self) -> bool {
        CauseId::from_id(self.id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_one_and_ids_differ() {
        for (index, class) in CLASSES.iter().enumerate() {
            assert_eq!(class.number, index + 1);
            assert_eq!(super::class(class.id), Some(class), "{} is taken twice", class.id);
        }
    }
}
