//! What may be said of an input: which verdicts are right, near, honest or wrong, and which
//! figures.

use crate::base::HEALTHY;

/// Verdicts that say nothing of the engine: honest wherever something is missing or contradicts.
const HONEST: [&str; 2] = ["cannot-tell", "telemetry-fault"];

/// Share by which figures of requests may differ from the truth, either way: half of what a copy
/// of the series would do, and more than the edge of a window does.
const TOLERANCE: f64 = 0.25;

/// Requests by which they may differ as well: what one step at the edge of a window holds.
const EDGE: f64 = 6.0;

/// Where the number of finished requests must lie, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Not fewer.
    pub least: f64,
    /// Not more.
    pub most: f64,
}

impl Figures {
    /// The truth with its tolerance.
    pub fn around(truth: f64) -> Self {
        let least = (1.0 - TOLERANCE) * truth - EDGE;
        Self { least, most: (1.0 + TOLERANCE) * truth + EDGE }
    }

    /// At most the truth with its tolerance: some of it may be out of sight.
    pub fn up_to(truth: f64) -> Self {
        Self { least: 0.0, ..Self::around(truth) }
    }

    /// Whether a number lies in it.
    pub fn hold(self, number: f64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

/// What may be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Verdicts that name what is true.
    pub right: Vec<&'static str>,
    /// Verdicts that lead to nearly the same action.
    pub near: Vec<&'static str>,
    /// Verdicts that leave it open.
    pub honest: Vec<&'static str>,
    /// Finished requests; none: not compared.
    pub finished: Option<Figures>,
    /// Sentence of the verdict, where nothing at all may change.
    pub sentence: Option<String>,
    /// Start of the key of the only faulty replica: a right verdict that does not name it is no
    /// more than near.
    pub replica: Option<String>,
    /// Health that names that replica all the same is near: its fault stays within what all of
    /// them together promise.
    pub named_by_health: bool,
}

impl Expectation {
    /// That truth, and nothing about figures.
    pub fn of(truth: &'static str) -> Self {
        Self {
            right: vec![truth],
            near: neighbours(truth).to_vec(),
            honest: HONEST.to_vec(),
            finished: None,
            sentence: None,
            replica: None,
            named_by_health: false,
        }
    }

    /// The same, and an engine that hangs is right as well: its progress stops in the window.
    pub fn or_hang(mut self) -> Self {
        self.right.retain(|right| *right != HEALTHY);
        self.right.push("engine-hang");
        self
    }

    /// The same, and that a whole page stands still may be read as a hang.
    pub fn or_stale(mut self) -> Self {
        self.right.retain(|right| *right != HEALTHY);
        self.honest.push("engine-hang");
        self
    }

    /// The same, and the engine is not to be called healthy: what is seen does not prove it.
    pub fn not_healthy(mut self) -> Self {
        self.right.retain(|right| *right != HEALTHY);
        self
    }

    /// The same with other figures.
    pub fn with_finished(self, finished: Option<Figures>) -> Self {
        Self { finished, ..self }
    }

    /// The same with figures that may be lower: a part of the requests is out of sight.
    pub fn with_less_seen(mut self) -> Self {
        if let Some(figures) = &mut self.finished {
            figures.least = 0.0;
        }
        self
    }

    /// The same in one replica of several: that they differ is right as well, because it has the
    /// fewer slots, the greater load, or the slower device, host or steps of the base. It is to be
    /// named.
    pub fn in_one(mut self, replica: String) -> Self {
        let differs = match self.right.as_slice() {
            ["slot-cap"] => Some("config-drift"),
            ["load-above-capacity"] => Some("routing-imbalance"),
            ["slow-decode" | "host-bound" | "token-budget"] => Some("sick-replica"),
            _ => None,
        };
        self.right.extend(differs);
        // Its smaller budget is a configuration of its own, and it runs fewer for that.
        if self.right.contains(&"token-budget") {
            self.near.push("config-drift");
        }
        self.replica = Some(replica);
        self.named_by_health = true;
        self
    }

    /// The same, and health is near: the fault is there, and every objective is met all the same.
    pub fn or_healthy(mut self) -> Self {
        self.near.push(HEALTHY);
        self
    }

    /// The same, and a loop of restarts is right as well, where there are enough of them closely
    /// enough: two within the six minutes that a back-off of five allows, three within half an
    /// hour.
    pub fn or_loop(mut self, restarts: usize, every_seconds: f64) -> Self {
        let within = if restarts > 2 { 1800.0 } else { 360.0 };
        if restarts > 1 && every_seconds <= within {
            self.right.push("restart-loop");
        }
        self
    }

    /// Whether a fault lies in the input, or what is seen does not prove that there is none.
    pub fn forbids_healthy(&self) -> bool {
        !self.right.contains(&HEALTHY) && !self.near.contains(&HEALTHY)
    }
}

/// Causes whose action helps nearly as well as that of the cause itself, so that one missing number
/// may turn the one into the other.
///
/// - A cap and too much load differ by whether a larger batch would miss the token target; both
///   advise more room for what waits.
/// - A full cache that holds back admission is load above capacity of the memory; whether it also
///   preempts changes the order of the same actions.
/// - Long prompts that fill the queue are load above capacity of prefill.
/// - A giant prompt at the head of the queue fills the cache: more memory cures both.
/// - A small token budget without its flag looks like prompts that are too long for it.
/// - A late host and one slow replica are looked at where the steps are made, as a slow device is.
/// - One replica with fewer slots than its siblings has too few of them.
/// - A wait for an adapter whose family is missing looks like a wait for a grammar; both are looked
///   for in what single requests ask for.
/// - A refusal whose own counter is missing is an error of the server by its status.
/// - A loop of restarts is a replica that starts.
/// - A sleeping engine produces nothing, as one that hangs.
/// - Of few requests no more is said than that each of them was in time.
pub fn neighbours(truth: &str) -> &'static [&'static str] {
    match truth {
        "slot-cap" | "long-prompts" => &["load-above-capacity"],
        "kv-thrash" => &["load-above-capacity", "kv-admission"],
        "load-above-capacity" => &["slot-cap", "kv-thrash", "long-prompts"],
        "kv-admission" => &["kv-thrash", "load-above-capacity"],
        "head-of-line" => &["kv-admission", "kv-thrash", "long-prompts"],
        "token-budget" => &["long-prompts"],
        "host-bound" | "sick-replica" => &["slow-decode"],
        "config-drift" => &["slot-cap"],
        "lora-churn" => &["grammar-stall"],
        "restart-loop" => &["replica-starting"],
        "admission-rejected" => &["engine-errors"],
        "engine-asleep" => &["engine-hang"],
        HEALTHY => &["low-traffic"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_truth_is_never_accepted() {
        for truth in [10.0, 100.0, 10_000.0] {
            assert!(Figures::around(truth).hold(truth));
            assert!(!Figures::around(truth).hold(2.0 * truth));
        }
    }

    #[test]
    fn a_fault_is_never_healthy() {
        assert!(Expectation::of("slot-cap").forbids_healthy());
        assert!(!Expectation::of(HEALTHY).forbids_healthy());
        assert!(Expectation::of(HEALTHY).or_hang().forbids_healthy());
        assert!(Expectation::of(HEALTHY).not_healthy().forbids_healthy());
    }
}
