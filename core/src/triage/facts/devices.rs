//! What do the devices say of themselves?
//!
//! Only what a device exporter brings. Utilisation is not among it: it is the share of time in
//! which any kernel ran, near 100 % for every decode loop.

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::growth::gauge::Gauge;
use crate::scope::{Device, PlacedBy};
use crate::small::list::CollectVec;
use crate::triage::facts::FactDefinition;
use crate::triage::subject::{Change, Subject};

pub(super) static FACT: FactDefinition = FactDefinition { id: FactId::Devices, thresholds: &[] };

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
}

/// The devices of the replicas looked at, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Devices(pub Vec<DeviceState>);

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
        )
    }

    /// The devices of one replica.
    pub fn of_replica<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a DeviceState> {
        self.0.iter().filter(move |device| device.replicas.iter().any(|known| known == key))
    }
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
    }
}
