//! What do the devices say of themselves?
//!
//! Only what a device exporter brings. Utilisation is not among it: it is the share of time in
//! which any kernel ran, near 100 % for every decode loop.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::growth::gauge::Gauge;
use crate::scope::{Device, PlacedBy};
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::source::registry::teller;
use crate::text::number::{number, percent};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Devices, thresholds: &[&CLOCK, &MEMORY] };

/// Clock by that of the baseline below which a device is throttled.
static CLOCK: Threshold = Threshold {
    id: "devices.clock",
    value: 0.9,
    range: (0.3, 1.0),
    reason: Reason::of(
        "Share of its former clock, or power limit, below which a device is named as throttled. \
             Clocks under load move by some per cent with power. Lower, a cap that costs a fifth of \
             prefill is not named; higher, that movement is.",
    ),
};

/// Activity of the memory by that of the baseline from which bandwidth is short.
static MEMORY: Threshold = Threshold {
    id: "devices.memory",
    value: 1.25,
    range: (1.05, 10.0),
    reason: Reason::of(
        "Growth of the memory's activity beyond that of the multiprocessors, at an unchanged clock, \
             from which bandwidth is named for a slow step. Activity follows the batch by some per cent. Lower, a batch that grew counts; \
             higher, a neighbour on the same device passes.",
    ),
};

/// Share of time in which a multiprocessor has work, below which a device is idle. A decode loop
/// keeps it far above a tenth; a device between jobs shows hundredths.
const IDLE: f64 = 0.05;

/// One device in the window.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceState {
    /// Stable id; empty where the exporter gives none.
    pub id: String,
    /// Replicas that it serves; empty when nothing tells whose it is.
    pub replicas: Vec<String>,
    /// How that is known.
    pub placed_by: Option<PlacedBy>,
    /// Clock of the multiprocessors, MHz, in the baseline and now.
    pub clock: Option<Change>,
    /// Power, watts, in the baseline and now.
    pub power: Option<Change>,
    /// Share of time in which a multiprocessor has work, 0–1.
    pub active: Option<f64>,
    /// Share of time in which the device memory moves data, 0–1.
    pub memory_active: Option<f64>,
    /// Highest temperature, °C.
    pub temperature: Option<f64>,
    /// Share of time in which the device memory moved data, in the baseline and now.
    pub memory: Option<Change>,
    /// Share of time in which a multiprocessor had work, in the baseline and now.
    pub busy: Option<Change>,
    /// Power that it may draw, watts, in the baseline and now.
    pub limit: Option<Change>,
    /// Why its clock is lower than it could be, of what was not so in the baseline.
    pub reasons: Vec<&'static str>,
    /// Code of an error that came in the window or since the baseline.
    pub error: Option<f64>,
}

impl DeviceState {
    /// What slows it down, the surest first: a clause; None where nothing is seen.
    fn fault(&self, lines: Lines) -> Option<String> {
        if let Some(code) = self.error {
            return Some(format!("error: XID {}", number(code)));
        }
        let reasons = joined(&self.reasons, ", ");
        // A device without work lowers its clock, and nobody waits for it.
        let works = self.active.is_none_or(|active| active >= IDLE);
        if let Some(clock) = self.clock.filter(|clock| works && clock.factor() < lines.clock) {
            let (before, now) = (number(clock.before), number(clock.now));
            let why = if reasons.is_empty() { String::new() } else { format!(", {reasons}") };
            return Some(format!("throttled: clock {before} → {now} MHz{why}"));
        }
        if let Some(limit) = self.limit.filter(|limit| limit.factor() < lines.clock) {
            let (before, now) = (number(limit.before), number(limit.now));
            return Some(format!("power limit lowered: {before} → {now} W"));
        }
        // A device that works for longer moves more data, and is none the slower for it.
        let longer = self.busy.map_or(1.0, Change::factor).max(1.0);
        let memory = self.memory.filter(|memory| memory.factor() > lines.memory * longer);
        if let Some(memory) = memory.filter(|_| self.clock.is_some()) {
            let (before, now) = (percent(memory.before), percent(memory.now));
            return Some(format!("bandwidth: memory activity {before} → {now}, clock unchanged"));
        }
        None
    }
}

/// Lines between a device as it was and one that is slow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lines {
    clock: f64,
    memory: f64,
}

/// The devices of the replicas looked at, in the order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Devices(pub Vec<DeviceState>, pub Lines);

impl Devices {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let serves = |device: &&Device| {
            device.replicas.is_empty()
                || device
                    .replicas
                    .iter()
                    .any(|key| subject.replicas.iter().any(|one| one.key == *key))
        };
        Self(
            subject
                .scope
                .devices
                .iter()
                .filter(serves)
                .map(|one| state(subject, one))
                .collect_vec(),
            Lines { clock: subject.line(&CLOCK), memory: subject.line(&MEMORY) },
        )
    }

    /// What the devices of some replicas, or where none is named of all, say of a slow step.
    pub fn told(&self, replicas: &[String]) -> Told {
        let is_meant = |one: &&DeviceState| {
            replicas.is_empty() || one.replicas.iter().any(|key| replicas.contains(key))
        };
        let meant: Vec<&DeviceState> = self.0.iter().filter(is_meant).collect_vec();
        let faults: Vec<String> = meant.iter().filter_map(|one| one.fault(self.1)).collect_vec();
        match faults.first() {
            Some(first) if meant.len() > 1 => {
                Told::Fault(format!("{first} ({} of {} devices)", faults.len(), meant.len()))
            }
            Some(first) => Told::Fault(first.clone()),
            None if meant.iter().any(|one| one.clock.is_some()) => Told::Nothing,
            None => Told::Unmeasured(teller(Family::SmClock)),
        }
    }

    /// The replicas of which a device tells a fault, where they are at most half of all and the
    /// devices of all others are seen to be as before; none otherwise.
    pub fn faulty(&self, replicas: &[&str]) -> Vec<String> {
        let told = |key: &str| self.told(&[key.to_owned()]);
        let is_faulty = |key: &str| matches!(told(key), Told::Fault(_));
        let faulty: Vec<String> =
            replicas.iter().filter(|key| is_faulty(key)).map(|key| (*key).to_owned()).collect_vec();
        let are_known = replicas.iter().all(|key| !matches!(told(key), Told::Unmeasured(_)));
        if are_known && 2 * faulty.len() <= replicas.len() { faulty } else { Vec::new() }
    }

    /// The devices of one replica.
    pub fn of_replica<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a DeviceState> {
        self.0.iter().filter(move |device| device.replicas.iter().any(|known| known == key))
    }
}

/// What devices say of a slow step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A fault, as a clause.
    Fault(String),
    /// Their clocks are measured, and nothing is seen.
    Nothing,
    /// Their clocks are not measured, now or in a baseline; who would tell.
    Unmeasured(&'static str),
}

fn state(subject: &Subject<'_>, device: &Device) -> DeviceState {
    let now = (subject.now.first, subject.now.last);
    let window = |family, (first, last): (usize, usize)| {
        device.gauge(family).and_then(|gauge: &Gauge| gauge.window(first, last))
    };
    let mean = |family| window(family, now).map(|state| state.mean);
    let change = |family| {
        let baseline = subject.baseline?;
        let before = window(family, (baseline.first, baseline.last))?.mean;
        Some(Change { before, now: mean(family)? }).filter(|change| change.before > 0.0)
    };
    DeviceState {
        id: device.id.clone(),
        replicas: device.replicas.clone(),
        placed_by: device.placed_by,
        clock: change(Family::SmClock),
        power: change(Family::DevicePower),
        active: mean(Family::SmActive),
        memory_active: mean(Family::DramActive),
        temperature: window(Family::DeviceTemperature, now).map(|state| state.max),
        memory: change(Family::DramActive),
        busy: change(Family::SmActive),
        limit: change(Family::DevicePowerLimit),
        reasons: reasons(subject, device),
        error: error(subject, device),
    }
}

/// The bits of an event mask that are set at any time of a window.
fn bits(device: &Device, (first, last): (usize, usize)) -> u64 {
    let gauge = device.gauge(Family::ClockEventReasons);
    let values = gauge.and_then(|gauge| gauge.values().get(first..=last)).unwrap_or_default();
    let known = values.iter().filter(|value| **value > 0.0);
    known.fold(0, |bits, value| bits | *value as u64)
}

fn reasons(subject: &Subject<'_>, device: &Device) -> Vec<&'static str> {
    let now = bits(device, (subject.now.first, subject.now.last));
    let baseline = subject.baseline.map(|baseline| (baseline.first, baseline.last));
    let new = now & !baseline.map_or(0, |baseline| bits(device, baseline));
    let words = device.exporter.words.iter().enumerate();
    let is_new = |(bit, word): &(usize, &&str)| !word.is_empty() && new & (1 << *bit) > 0;
    words.filter(is_new).map(|(_, word)| *word).collect_vec()
}

/// The last error where it is not that of the time before.
fn error(subject: &Subject<'_>, device: &Device) -> Option<f64> {
    let gauge = device.gauge(Family::XidError)?;
    let newest = gauge.window(subject.now.first, subject.now.last)?.last;
    let start = subject.baseline.map_or(subject.now.first, |baseline| baseline.first);
    let before = gauge.window(0, start)?.last;
    #[expect(clippy::float_cmp, reason = "codes are copied, never computed")]
    let is_new = newest > 0.0 && newest != before;
    is_new.then_some(newest)
}
