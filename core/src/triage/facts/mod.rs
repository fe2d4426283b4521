//! Facts: one question about the engine a file, answered once for a window.
//!
//! A fact is a value that carries its numbers. Causes read facts and nothing else, so a question
//! that several of them ask has one answer and one threshold. Every threshold lives in the fact
//! that uses it and is listed by its [`FactDefinition`].

pub mod admission;
pub mod arrivals;
pub mod availability;
pub mod capacity;
pub mod data;
pub mod devices;
pub mod gateway;
pub mod host;
pub mod impact;
pub mod loss;
pub mod memory;
pub mod pools;
pub mod prefill;
pub mod progress;
pub mod queue;
pub mod restarts;
pub mod scheduler;
pub mod speculation;
pub mod spread;
pub mod step_time;
pub mod work;
pub mod worker;

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::Threshold;
use crate::error::Error;
use crate::settings::{Interval, Settings};
use crate::signal::level::Level;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::decimal::shortest;
use crate::text::number::{counted, seconds};
use crate::triage::coverage::Coverage;
use crate::triage::shifts::few_failures;
use crate::triage::subject::{Change, Subject};
use admission::Admission;
use arrivals::Arrivals;
use availability::Availability;
use capacity::Capacity;
use data::Data;
use devices::Devices;
use gateway::Gateways;
use host::Host;
use impact::Impact;
use loss::Loss;
use memory::Memory;
use pools::{Pool, Pools};
use prefill::Prefill;
use progress::Progress;
use queue::Queue;
use restarts::Restarts;
use scheduler::Scheduler;
use speculation::Speculation;
use spread::{Peer, Spread};
use step_time::StepTime;
use work::Work;
use worker::Worker;

/// What the catalogue says of a fact.
#[derive(Debug)]
pub struct FactDefinition {
    /// Which one.
    pub id: FactId,
    /// The lines that it draws.
    pub thresholds: &'static [&'static Threshold],
}

/// Every fact.
pub static FACTS: &[&FactDefinition] = &[
    &data::FACT,
    &impact::FACT,
    &arrivals::FACT,
    &work::FACT,
    &queue::FACT,
    &prefill::FACT,
    &step_time::FACT,
    &admission::FACT,
    &memory::FACT,
    &loss::FACT,
    &progress::FACT,
    &spread::FACT,
    &capacity::FACT,
    &pools::FACT,
    &worker::FACT,
    &availability::FACT,
    &devices::FACT,
    &speculation::FACT,
    &host::FACT,
    &scheduler::FACT,
    &gateway::FACT,
    &restarts::FACT,
];

/// Everything that causes may read.
#[derive(Debug)]
pub struct Facts {
    /// Can the numbers be believed?
    pub data: Data,
    /// Who is hurt, and how much?
    pub impact: Impact,
    /// How many requests arrive, and how many does the engine complete?
    pub arrivals: Arrivals,
    /// How many tokens does a request ask for?
    pub work: Work,
    /// How long do requests wait before they are first scheduled?
    pub queue: Queue,
    /// What does it cost to compute a prompt?
    pub prefill: Prefill,
    /// How long does a token take, and does the work explain it?
    pub step_time: StepTime,
    /// What holds the head of the queue?
    pub admission: Admission,
    /// Is the key-value cache short?
    pub memory: Memory,
    /// Do requests that began also end?
    pub loss: Loss,
    /// Failures of the service that its objectives allow, one phrase; None without any.
    pub few_failures: Option<String>,
    /// Mean time to first token in the baseline and now, seconds.
    pub first_token: Option<Change>,
    /// Does anything come out while requests are there?
    pub progress: Progress,
    /// Which replicas differ from the others?
    pub spread: Spread,
    /// How many replicas does the load need?
    pub capacity: Capacity,
    /// Do the pools of prefill and of decode keep up with each other?
    pub pools: Option<Pools>,
    /// Which part of a request does the engine do?
    pub worker: Worker,
    /// Is the engine there, and awake?
    pub availability: Availability,
    /// What do the devices say of themselves?
    pub devices: Devices,
    /// What is not measured, and of how many replicas.
    pub coverage: Coverage,
    /// Are the drafts of speculative decoding accepted?
    pub speculation: Speculation,
    /// Does the machine around the device keep up?
    pub host: Host,
    /// Does the scheduler run as many replicas as are wanted?
    pub scheduler: Scheduler,
    /// What happens to requests before they reach the engine?
    pub gateways: Gateways,
    /// Did processes start anew, and are they warm?
    pub restarts: Restarts,
    /// The window is one time of the grid.
    pub is_one_scrape: bool,
    /// The window that was asked for holds no sample.
    pub is_beside: bool,
    /// There is a baseline to compare with.
    pub has_baseline: bool,
    /// When the automatic baseline found a change, Unix milliseconds.
    pub changed_at: Option<i64>,
    /// The direction that the matrix points in, one phrase.
    pub direction: String,
}

/// Factor of the batch from which load filled it. Lower, its wobble is load; higher, a small step
/// up to what tokens in time allow is none.
pub(in crate::triage) const FILLED: f64 = 1.1;

/// Replicas that admit fewer sequences than the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// Replicas.
    pub replicas: Vec<String>,
    /// Sequences that they admit.
    pub slots: f64,
    /// Sequences that others ran.
    pub elsewhere: f64,
}

/// Factor of a token's time that some longer prompts explain at least: each step with one of them
/// takes a multiple. Lower, a few of them are a slow device; higher, a device at half its pace is a
/// few long prompts.
const EXPLAINED: f64 = 2.0;

impl Facts {
    /// Answers every question. `direction` is that of the matched row of the matrix.
    pub fn of(subject: &Subject<'_>, direction: String) -> Self {
        let loss = Loss::of(subject);
        let work = Work::of(subject);
        let queue = Queue::of(subject);
        let prefill = Prefill::of(subject, &work);
        let step_time = StepTime::of(subject, &work);
        let scheduler = Scheduler::of(subject);
        let devices = Devices::of(subject);
        let (arrivals, memory) = (Arrivals::of(subject), Memory::of(subject, &work));
        let workers = Worker::of_each(subject);
        let spread = Spread::of(subject, &devices, &workers);
        Self {
            capacity: Capacity::of(subject, &step_time, &prefill, &memory, &spread),
            pools: Pools::of(subject, &workers),
            data: Data::of(subject),
            impact: Impact::of(subject, &queue, &prefill, &step_time, &loss),
            arrivals,
            memory,
            host: Host::of(subject, &step_time),
            speculation: Speculation::of(subject),
            restarts: Restarts::of(subject),
            work,
            queue,
            prefill,
            step_time,
            admission: Admission::of(subject),
            loss,
            few_failures: few_failures(subject),
            first_token: subject.change(|window| window.mean(Family::Ttft)),
            progress: Progress::of(subject),
            spread,
            worker: Worker::of(subject),
            availability: Availability::of(subject, &scheduler),
            scheduler,
            gateways: Gateways::of(subject),
            devices,
            coverage: Coverage::of(subject),
            is_beside: is_beside(subject),
            is_one_scrape: subject.now.first == subject.now.last,
            has_baseline: subject.baseline.is_some(),
            changed_at: subject.changed_at,
            direction,
        }
    }

    /// Whether every replica stood still for most of the window or is gone at its end, so that all
    /// other numbers are those of the time before.
    pub fn is_blind(&self) -> bool {
        let mut blind: Vec<&str> = self.progress.still().collect_vec();
        for absence in &self.availability.absences {
            if absence.is_gone {
                blind.push(&absence.replica);
            }
        }
        let is_known = |at: usize| blind[..at].contains(&blind[at]);
        let different = (0..blind.len()).filter(|&at| !is_known(at)).count();
        different > 0 && different >= self.spread.engines
    }

    /// Whether some prompts grew, and tokens are late by no more than these can make them:
    /// attention grows with the square of a prompt.
    pub fn prompts_explain_tokens(&self) -> bool {
        let prompts = self.work.prompt_change.map_or(1.0, Change::factor);
        let tokens = self.step_time.change.map_or(1.0, Change::factor);
        self.work.some_prompts_grew && tokens <= (prompts * prompts).max(EXPLAINED)
    }

    /// The sequences that the cache fits, where it has no room for the growth of the batch that a
    /// cap must leave to be the fault, and more load than before filled the batch up to that cap:
    /// slots chosen for the cache are used up by load.
    pub fn fills_slots(&self) -> Option<f64> {
        let cap = self.admission.cap.as_ref()?;
        let fits = self.memory.sequences_that_fit?;
        let batch = self.step_time.running.map_or(1.0, Change::factor);
        // Slow tokens make a batch grow as well, and bring no more of them.
        let rose = self.arrivals.grew || (batch > FILLED && self.work.grew);
        let is_loaded = rose && batch > 1.0 / FILLED && self.queue.grew();
        (is_loaded && fits < self.step_time.safe_growth * cap.slots).then_some(fits)
    }

    /// Replicas that admit fewer sequences than the others: they stand at a cap that others pass,
    /// or what arrives waits at one that runs fewer.
    pub fn drifted(&self) -> Option<Drift> {
        self.below_others().or_else(|| {
            let held = self.spread.held_back.as_ref()?;
            let is_other = self.spread.longer.contains(&held.replica)
                || self.spread.sick.contains(&held.replica)
                || self.memory.preempting.contains(&held.replica)
                || self.progress.still().any(|key| *key == held.replica);
            let replicas = vec![held.replica.clone()];
            (!is_other && held.has_room).then_some(Drift {
                replicas,
                slots: held.most,
                elsewhere: held.elsewhere,
            })
        })
    }

    /// Replicas that stand at a cap that others pass.
    fn below_others(&self) -> Option<Drift> {
        let cap = self.admission.cap.as_ref()?;
        // A process that began within the window has not met the same load.
        let holds = |peer: &&Peer| cap.replicas.contains(&peer.replica);
        let part = self.spread.peers.iter().find(holds).map(|peer| peer.part);
        let is_other = |peer: &&Peer| !peer.is_young && !holds(peer) && Some(peer.part) == part;
        let others = || self.spread.peers.iter().filter(is_other);
        let elsewhere = others().filter_map(|peer| peer.most_running).reduce(f64::max)?;
        // At equal requests and speed, replicas without a queue have slots that this one lacks.
        let has_longer = || cap.replicas.iter().any(|key| self.spread.longer.contains(key));
        let is_equal =
            self.spread.crowded.is_none() && self.spread.sick.is_empty() && !has_longer();
        let has_slots = admission::is_beyond(elsewhere, cap.slots)
            || (is_equal && others().all(|peer| !peer.waited));
        let (replicas, slots) = (cap.replicas.clone(), cap.slots);
        (!replicas.is_empty() && has_slots).then_some(Drift { replicas, slots, elsewhere })
    }

    /// Whether an objective is missed, by all requests together or by those of one replica.
    pub fn is_hurt_somewhere(&self) -> bool {
        self.impact.is_hurt() || !self.spread.outside.is_empty()
    }

    /// Whether those that finished had queued for too long, or those that wait now will.
    pub fn has_queue(&self) -> bool {
        self.queue.level == Level::High || self.queue.lately.is_some_and(|one| one.is_missed())
    }

    /// The pool of a service that is short and the one at which nothing waits, where nothing else
    /// is known of the short one's replicas that makes requests wait there.
    pub fn short_pool(&self) -> Option<(&Pool, &Pool)> {
        let (short, free) = self.pools.as_ref()?.short_and_free()?;
        let is_of = |key: &String| short.replicas.contains(key);
        let spread = &self.spread;
        let differs = spread.sick.iter().any(is_of)
            || spread.crowded.as_ref().is_some_and(|(key, _)| is_of(key))
            || spread.held_back.as_ref().is_some_and(|held| is_of(&held.replica));
        let starts = !self.restarts.warming.is_empty() || self.restarts.looping().is_some();
        let slower = self.admission.transfer.is_some_and(|one| one.factor() > admission::SLOWER);
        let transfers = self.admission.is_fetching == Some(true) || slower;
        let is_other = differs || starts || self.memory.shrank;
        let is_other = is_other || (transfers && short.part == Worker::Decode);
        (!is_other).then_some((short, free))
    }

    /// That requests wait for one pool of a service and not for the other.
    pub fn waits_for_pool(&self) -> Option<String> {
        let (short, free) = self.short_pool()?;
        let (short, free) = (short.part.part(), free.part.part());
        Some(format!("requests wait for the {short} pool, and hardly any for the {free} pool"))
    }

    /// That requests wait longer before the engine than their first token may take.
    pub fn waits_before(&self) -> Option<String> {
        let Some(first_token) = self.impact.signal(SignalId::Ttft) else {
            let (held, gateway) = self.gateways.holding()?;
            let requests = counted(held, "request waits", "requests wait");
            return Some(format!("{requests} in {gateway}, and none reaches the engine"));
        };
        let first_token = first_token.target?;
        let queue = self.gateways.longest_queue();
        let (waits, gateway) = queue.filter(|(waits, _)| *waits > first_token.value)?;
        Some(format!("requests wait {} in {gateway}, before the engine", seconds(waits)))
    }

    /// Whether a signal was measured in the window.
    pub fn has(&self, id: SignalId) -> bool {
        self.impact.signal(id).is_some()
    }

    /// Whether a signal was measured, or belongs to the part of a request that another engine does.
    pub fn has_or_needs_none(&self, id: SignalId) -> bool {
        self.has(id) || self.worker.is_without(id)
    }
}

/// Whether the window that was asked for holds no sample.
fn is_beside(subject: &Subject<'_>) -> bool {
    let times = subject.grid.times();
    let range = Interval { start: times[0], end: times[times.len() - 1] };
    let asked = subject.settings.window_within(range);
    let time = times[subject.now.first];
    subject.now.first == subject.now.last && (time < asked.start || time > asked.end)
}

/// Refuses an override of a threshold that does not exist or lies outside its range.
pub fn check_thresholds(settings: &Settings) -> Result<(), Error> {
    let all = || FACTS.iter().flat_map(|fact| fact.thresholds.iter().copied());
    for (id, value) in settings.thresholds.iter() {
        let Some(threshold) = all().find(|threshold| threshold.id == id) else {
            let known: Vec<&str> = all().map(|threshold| threshold.id).collect_vec();
            return Err(Error::bad_settings(format!(
                "there is no threshold \"{id}\"; thresholds are {}",
                joined(&known, ", ")
            )));
        };
        let (least, most) = threshold.range;
        if !(*value >= least && *value <= most) {
            return Err(Error::bad_settings(format!(
                "the threshold {id} must be between {} and {}, got {}",
                shortest(least),
                shortest(most),
                shortest(*value)
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_file_and_a_row() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/triage/facts");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .filter(|name| name != "mod.rs")
            .map(|name| name.trim_end_matches(".rs").replace('_', "-"))
            .collect();
        files.sort();
        let mut rows: Vec<&str> = FACTS.iter().map(|fact| fact.id.id()).collect();
        assert_eq!(rows, FactId::IDS, "the rows stand in the order of the list");
        rows.sort_unstable();
        assert_eq!(rows, files);
    }

    #[test]
    fn a_threshold_is_named_for_its_fact_and_lies_in_its_range() {
        let mut seen: Vec<&str> = Vec::new();
        for fact in FACTS {
            for threshold in fact.thresholds {
                let Threshold { id, value, range, reason } = threshold;
                assert!(!seen.contains(id), "{id} is there twice");
                assert!(id.starts_with(&format!("{}.", fact.id)), "{id} of {}", fact.id);
                assert!(*value >= range.0 && *value <= range.1, "{id}");
                assert!(reason.text().len() > 60, "{id} has no reason");
                seen.push(id);
            }
        }
    }
}
